use futures::future::join_all;
use photure_domain::UserId;
use photure_domain::audit::AuditAction;
use photure_domain::film::{Film, FilmType};
use photure_domain::photo::{NewPhoto, PhotoEdit, Usage};
use photure_domain::quota::{Holding, Quota};
use photure_testkit::{photo, sha256, user};

use super::support::{assert_counts, create, later, now, refused, trail, written};
use super::{Database, Store};
use crate::{Attached, Registered, Room};

/// Room for two of the testkit's photos where nobody has a quota of their own.
const FOR_TWO: Room = Room::Quota(Some(2_000));

fn nth(n: u64) -> NewPhoto {
    photo(user(1), n, now())
}

async fn bytes(store: &dyn Store, owner: UserId) -> u64 {
    store.usage(owner).await.unwrap().bytes
}

pub async fn a_quota_is_set_and_written_down(database: &impl Database) {
    let store = database.open().await;
    let nothing = Holding {
        owner_id: user(1),
        usage: Usage::default(),
        quota: Quota::Default,
    };
    assert_eq!(store.holding(user(1)).await.unwrap(), nothing);
    create(&*store, nth(1)).await;
    let usage = Usage {
        photos: 1,
        bytes: 1_000,
    };
    for (n, quota) in [
        Quota::Bytes(5_000),
        Quota::Bytes(5_000),
        Quota::Unlimited,
        Quota::Bytes(0),
        Quota::Bytes(Quota::MOST),
        Quota::Default,
        Quota::Default,
    ]
    .into_iter()
    .enumerate()
    {
        let set = store.set_quota(user(1), quota, trail(n as u64)).await.unwrap();
        let expected = Holding {
            usage,
            quota,
            ..nothing
        };
        assert_eq!(set, expected);
        assert_eq!(store.holding(user(1)).await.unwrap(), expected);
    }
    assert_eq!(store.holding(user(2)).await.unwrap().quota, Quota::Default);

    let entries = written(&*store).await;
    let said: Vec<_> = entries.iter().map(|entry| entry.detail.as_deref()).collect();
    let most = Quota::MOST.to_string();
    assert_eq!(
        said,
        [
            Some("5000"),
            Some("unlimited"),
            Some("0"),
            Some(most.as_str()),
            Some("default")
        ]
    );
    let first = trail(0).did(AuditAction::QuotaChanged).to(user(1)).saying("5000");
    assert_eq!(entries[0], first);
}

pub async fn what_does_not_fit_is_refused_and_leaves_nothing(database: &impl Database) {
    let store = database.open().await;
    store.register(nth(1), FOR_TWO, now()).await.unwrap();
    let second = store.register(nth(2), FOR_TWO, now()).await.unwrap();
    assert!(
        matches!(second, Registered::Created(_)),
        "it is filled to the brim"
    );
    refused!(store.register(nth(3), FOR_TWO, now()).await, QuotaExceeded);
    refused!(store.photo(user(1), nth(3).id).await, NotFound);
    assert_eq!(bytes(&*store, user(1)).await, 2_000);
    assert_eq!(
        store.released(10, later(1)).await.unwrap(),
        [],
        "nothing refers to it, and nothing did"
    );

    let theirs = photo(user(2), 3, now());
    store.register(theirs, FOR_TWO, now()).await.unwrap();
    let own = Quota::Bytes(3_000);
    store.set_quota(user(1), own, trail(1)).await.unwrap();
    let third = NewPhoto {
        id: nth(4).id,
        ..nth(3)
    };
    store.register(third, FOR_TWO, now()).await.unwrap();
    refused!(store.register(nth(5), FOR_TWO, now()).await, QuotaExceeded);
    refused!(
        store.register(nth(5), Room::Quota(None), now()).await,
        QuotaExceeded
    );
    store
        .set_quota(user(1), Quota::Unlimited, trail(2))
        .await
        .unwrap();
    store.register(nth(5), FOR_TWO, now()).await.unwrap();
    assert_eq!(bytes(&*store, user(1)).await, 4_000);
}

pub async fn what_is_there_already_is_never_refused(database: &impl Database) {
    let store = database.open().await;
    let kept = create(&*store, nth(1)).await;
    store.set_quota(user(1), Quota::Bytes(0), trail(1)).await.unwrap();
    let again = store.register(nth(1), Room::Quota(None), later(1)).await.unwrap();
    assert_eq!(again, Registered::Existing(kept.clone()));
    store.trash(user(1), kept.id, None, later(2)).await.unwrap();
    let again = store.register(nth(1), Room::Quota(None), later(3)).await.unwrap();
    assert!(
        matches!(again, Registered::Existing(_)),
        "the trash is counted, and no room"
    );
    refused!(store.register(nth(2), FOR_TWO, later(3)).await, QuotaExceeded);
    store.restore(user(1), kept.id).await.unwrap();
    let edit = PhotoEdit {
        favorite: Some(true),
        ..PhotoEdit::default()
    };
    let edited = store.edit(user(1), kept.id, edit, None).await.unwrap();
    let from_elsewhere = store.register(nth(3), Room::Boundless, later(4)).await.unwrap();
    let Registered::Created(rebuilt) = from_elsewhere else {
        panic!("{from_elsewhere:?}")
    };
    assert_counts(&*store, user(1), &[edited, rebuilt]).await;
}

pub async fn a_film_has_to_fit_as_a_photo_has(database: &impl Database) {
    let store = database.open().await;
    let film = Film {
        sha256: sha256(9),
        bytes: 250,
        media_type: FilmType::QuickTime,
    };
    let kept = create(&*store, nth(1)).await;
    let attach = |room| store.attach_film(user(1), sha256(1), film, room);
    refused!(attach(Room::Quota(Some(1_249))).await, QuotaExceeded);
    assert_eq!(store.photo(user(1), kept.id).await.unwrap(), kept);
    assert_eq!(bytes(&*store, user(1)).await, 1_000);
    let attached = attach(Room::Quota(Some(1_250))).await.unwrap();
    assert!(matches!(attached, Attached::Now(_)), "{attached:?}");
    let again = attach(Room::Quota(Some(0))).await.unwrap();
    assert!(matches!(again, Attached::Already(_)), "{again:?}");
}

pub async fn of_two_at_once_that_fit_one_by_one_one_comes_in(database: &impl Database) {
    let (one, other) = (database.open().await, database.open().await);
    for round in 0..8_u64 {
        let owner = user(round + 1);
        let answers = join_all((0..4).map(|n| {
            let store = if n % 2 == 0 { &one } else { &other };
            let new = photo(owner, 10 * round + n, now());
            store.register(new, Room::Quota(Some(1_999)), now())
        }))
        .await;
        let created = answers
            .iter()
            .filter(|answer| matches!(answer, Ok(Registered::Created(_))))
            .count();
        assert_eq!(created, 1, "{answers:?}");
        for refusal in answers.into_iter().filter(Result::is_err) {
            refused!(refusal, QuotaExceeded);
        }
        assert_eq!(bytes(&*one, owner).await, 1_000);
    }
}

pub async fn a_smaller_quota_takes_nothing_away(database: &impl Database) {
    let store = database.open().await;
    let photos = [create(&*store, nth(1)).await, create(&*store, nth(2)).await];
    let less = Quota::Bytes(1_500);
    let set = store.set_quota(user(1), less, trail(1)).await.unwrap();
    assert_eq!((set.usage.bytes, set.left(None)), (2_000, Some(0)));
    assert_counts(&*store, user(1), &photos).await;
    refused!(
        store.register(nth(3), Room::Quota(None), now()).await,
        QuotaExceeded
    );
    let gone = photos[0].id;
    store.purge(user(1), gone, None, later(1)).await.unwrap();
    refused!(
        store.register(nth(3), Room::Quota(None), now()).await,
        QuotaExceeded
    );
    store.purge(user(1), photos[1].id, None, later(2)).await.unwrap();
    store.register(nth(3), Room::Quota(None), now()).await.unwrap();
}

pub async fn a_quota_outlives_counts_that_are_made_anew(database: &impl Database) {
    let store = database.open().await;
    store
        .set_quota(user(1), Quota::Bytes(1_000), trail(1))
        .await
        .unwrap();
    create(&*store, nth(1)).await;
    store.rebuild_counts(user(1)).await.unwrap();
    let holding = store.holding(user(1)).await.unwrap();
    assert_eq!((holding.usage.bytes, holding.quota), (1_000, Quota::Bytes(1_000)));
    refused!(
        store.register(nth(2), Room::Quota(None), now()).await,
        QuotaExceeded
    );
}

pub async fn holdings_are_listed_page_by_page(database: &impl Database) {
    let store = database.open().await;
    for owner in 1..=5 {
        create(&*store, photo(user(owner), owner, now())).await;
    }
    let gone = photo(user(6), 6, now());
    create(&*store, gone.clone()).await;
    store.purge(user(6), gone.id, None, later(1)).await.unwrap();
    for (owner, quota) in [(3, Quota::Unlimited), (7, Quota::Bytes(5)), (8, Quota::Bytes(5))] {
        store.set_quota(user(owner), quota, trail(owner)).await.unwrap();
    }
    store.set_quota(user(8), Quota::Default, trail(9)).await.unwrap();

    let all = store.holdings(None, 100).await.unwrap();
    let owners: Vec<UserId> = all.iter().map(|holding| holding.owner_id).collect();
    let expected = [1, 2, 3, 4, 5, 7].map(user);
    assert_eq!(
        owners, expected,
        "who keeps nothing and has no quota is not listed"
    );
    for holding in &all {
        assert_eq!(*holding, store.holding(holding.owner_id).await.unwrap());
    }
    let mut paged = Vec::new();
    loop {
        let after = paged.last().map(|holding: &Holding| holding.owner_id);
        let page = store.holdings(after, 2).await.unwrap();
        assert!(page.len() <= 2);
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);
    assert_eq!(store.holdings(None, 0).await.unwrap(), []);
}
