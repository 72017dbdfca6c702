use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt;
use photure_blob::{BlobError, BlobKey, BlobLocation, BlobResult, BlobStore, OpenError, RecordKey, Tree};
use photure_domain::media_address::Variant;
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::bench::{hash, noise, original};
use crate::s3_server::{Mood, S3Server};

/// A photo on its way: staged, and with the key that it should get.
struct Photo {
    bytes: Bytes,
    key: BlobKey,
    staged: PathBuf,
    _folder: TempDir,
}

impl Photo {
    fn new(seed: u64) -> Self {
        let folder = TempDir::new().unwrap();
        let bytes = Bytes::from(noise(300_000, seed));
        let staged = folder.path().join("photo");
        std::fs::write(&staged, &bytes).unwrap();
        Self {
            key: original(&bytes),
            bytes,
            staged,
            _folder: folder,
        }
    }

    async fn put(&self, store: &dyn BlobStore) -> BlobResult<()> {
        store
            .put_file(self.key, &self.staged, self.bytes.len() as u64)
            .await
    }

    async fn put_thumb(&self, store: &dyn BlobStore) -> BlobResult<()> {
        store
            .put_bytes(BlobKey::new(self.key.sha256, Variant::Thumb), self.bytes.clone())
            .await
    }
}

fn is_outage<T: std::fmt::Debug>(result: &BlobResult<T>) -> bool {
    matches!(result, Err(BlobError::Unavailable(_)))
}

/// Every operation meets the outage. The clock jumps over the waits between the attempts.
async fn assert_out(store: &dyn BlobStore, photo: &Photo) {
    tokio::time::pause();
    assert!(is_outage(&store.ready().await), "ready");
    assert!(is_outage(&store.head(photo.key).await), "head");
    assert!(is_outage(&store.open(photo.key, None).await), "open");
    assert!(is_outage(&photo.put(store).await), "put_file");
    assert!(is_outage(&photo.put_thumb(store).await), "put_bytes");
    assert!(
        is_outage(&store.delete_all(&photo.key.sha256).await),
        "delete_all"
    );
    assert!(is_outage(&store.record(RecordKey::Scrub).await), "record");
    assert!(
        is_outage(&store.delete_record(RecordKey::Scrub).await),
        "delete_record"
    );
    assert!(
        is_outage(&store.list(Tree::Originals, None).try_next().await),
        "list"
    );
    tokio::time::resume();
}

#[tokio::test]
async fn an_object_lies_below_the_prefix_and_says_its_type() {
    let server = S3Server::start().await;
    let photo = Photo::new(1);
    let store = server.open(Some("family/photos")).await;
    photo.put(&*store).await.unwrap();
    let path = server.objects().join("family/photos").join(photo.key.path());
    assert_eq!(std::fs::read(path).unwrap(), photo.bytes);
    assert_eq!((store.local_path(photo.key), store.staging()), (None, None));
}

#[tokio::test]
async fn a_bit_that_flips_on_the_way_is_noticed_and_nothing_is_stored() {
    let server = S3Server::start().await;
    let photo = Photo::new(2);
    let store = server.open(None).await;
    server.set_mood(Mood::BitRot);
    assert!(is_outage(&photo.put(&*store).await));
    assert!(is_outage(&photo.put_thumb(&*store).await));

    server.set_mood(Mood::Well);
    for variant in [Variant::Original, Variant::Thumb] {
        assert_eq!(
            store.head(BlobKey::new(photo.key.sha256, variant)).await.unwrap(),
            None,
            "{variant:?}"
        );
    }
    photo.put(&*store).await.unwrap();
    assert_eq!(
        store
            .open(photo.key, None)
            .await
            .unwrap()
            .into_bytes()
            .await
            .unwrap(),
        photo.bytes
    );
}

#[tokio::test]
async fn a_staged_file_that_is_not_what_its_key_says_is_not_sent() {
    let server = S3Server::start().await;
    let photo = Photo::new(3);
    let store = server.open(None).await;
    let key = original(b"another photo");
    let error = store.put_file(key, &photo.staged, 300_000).await.unwrap_err();
    assert!(matches!(error, BlobError::Corrupt(_)), "{error}");
    assert_eq!(store.head(key).await.unwrap(), None);
}

#[tokio::test]
async fn a_wrong_secret_is_an_outage_and_gives_nothing_away() {
    let server = S3Server::start().await;
    let photo = Photo::new(4);
    photo.put(&*server.open(None).await).await.unwrap();
    let mut settings = server.settings();
    settings.secret_access_key = SecretString::from("guessed");
    assert_out(&*server.open_with(None, &settings).await, &photo).await;
    assert!(!format!("{settings:?}").contains("guessed"));
}

#[tokio::test]
async fn a_server_that_is_down_is_an_outage_until_it_is_back() {
    let server = S3Server::start().await;
    let photo = Photo::new(5);
    server.set_mood(Mood::Down);
    let store = server.open(None).await;
    assert_out(&*store, &photo).await;
    server.set_mood(Mood::Well);
    store.ready().await.unwrap();
    photo.put(&*store).await.unwrap();

    server.set_mood(Mood::Down);
    assert_out(&*store, &photo).await;
    server.set_mood(Mood::Well);
    assert_eq!(
        store
            .open(photo.key, None)
            .await
            .unwrap()
            .into_bytes()
            .await
            .unwrap(),
        photo.bytes
    );
}

/// The clock stands still while somebody works and jumps to the next deadline when nobody does.
#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_given_up_in_bounded_time() {
    let server = S3Server::start().await;
    let photo = Photo::new(6);
    server.set_mood(Mood::Silent);
    let store = server.open(None).await;

    let start = Instant::now();
    assert!(is_outage(&store.ready().await));
    assert!(
        start.elapsed() <= Duration::from_millis(2100),
        "{:?}",
        start.elapsed()
    );
    let start = Instant::now();
    assert!(is_outage(&photo.put(&*store).await));
    assert!(is_outage(&store.open(photo.key, None).await));
    assert!(
        start.elapsed() <= Duration::from_secs(51),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn a_bucket_that_is_full_takes_nothing_and_still_gives() {
    let server = S3Server::start().await;
    let (photo, late) = (Photo::new(7), Photo::new(8));
    let store = server.open(None).await;
    photo.put(&*store).await.unwrap();
    server.set_mood(Mood::Full);
    for result in [late.put(&*store).await, late.put_thumb(&*store).await] {
        assert!(matches!(result, Err(BlobError::StorageFull(_))), "{result:?}");
    }
    store.ready().await.unwrap();
    assert_eq!(store.head(late.key).await.unwrap(), None);
    assert_eq!(
        store
            .open(photo.key, None)
            .await
            .unwrap()
            .into_bytes()
            .await
            .unwrap(),
        photo.bytes
    );
}

#[tokio::test]
async fn an_emptied_bucket_is_an_outage_and_not_a_storage_without_photos() {
    let server = S3Server::start().await;
    let photo = Photo::new(9);
    let store = server.open(None).await;
    photo.put(&*store).await.unwrap();
    std::fs::rename(server.objects(), server.objects().with_file_name("elsewhere")).unwrap();
    for bucket_exists in [false, true] {
        if bucket_exists {
            std::fs::create_dir(server.objects()).unwrap();
        }
        assert!(is_outage(&store.ready().await));
        assert!(is_outage(&store.head(photo.key).await));
        assert!(is_outage(&store.open(photo.key, None).await));
    }
    std::fs::remove_dir(server.objects()).unwrap();
    std::fs::rename(server.objects().with_file_name("elsewhere"), server.objects()).unwrap();
    store.ready().await.unwrap();
    assert_eq!(
        store
            .open(photo.key, None)
            .await
            .unwrap()
            .into_bytes()
            .await
            .unwrap(),
        photo.bytes
    );
}

#[tokio::test]
async fn one_prefix_knows_nothing_of_another() {
    let server = S3Server::start().await;
    let photo = Photo::new(10);
    let (mine, yours) = (server.open(Some("mine")).await, server.open(Some("yours")).await);
    photo.put(&*mine).await.unwrap();
    assert_eq!(yours.head(photo.key).await.unwrap(), None);
    yours.delete_all(&hash(&photo.bytes)).await.unwrap();
    assert_eq!(
        mine.open(photo.key, None)
            .await
            .unwrap()
            .into_bytes()
            .await
            .unwrap(),
        photo.bytes
    );
}

#[tokio::test]
async fn a_bucket_without_settings_is_refused() {
    let location = BlobLocation::Bucket {
        bucket: "photos".into(),
        prefix: None,
    };
    let error = photure_blob::open(&location, None).await.unwrap_err();
    assert!(matches!(error, OpenError::SettingsMissing), "{error}");
}
