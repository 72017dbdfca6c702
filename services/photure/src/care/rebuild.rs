use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use futures::StreamExt;
use photure_blob::{BlobStore, Found, Listed, RecordKey, Tree};
use photure_common::service::{Kit, StartError};
use photure_database::Database;
use photure_domain::photo::{NewPhoto, PhotoEdit};
use photure_domain::registration::{Attestation, Registration};
use photure_domain::sidecar::Sidecar;
use photure_domain::{PhotoId, Sha256, UserId};
use photure_media::integrity::{Keeper, Reread};
use photure_store::{Registered, Room, StoreError};

use super::house::CareConfig;
use super::owners::{Made, Owners, account_for, called};

/// Some photos could not be brought back.
const INCOMPLETE: u8 = 1;

#[derive(Clone, Debug, Args)]
pub(crate) struct RebuildArguments {
    /// Say what would be made, and make nothing.
    #[arg(long)]
    dry_run: bool,
    /// Who is to be the administrator, by user name; whoever uploaded first otherwise. Only where there is no account yet.
    #[arg(long, value_name = "NAME")]
    admin: Option<String>,
    /// Whose account gets the originals that nothing is written beside, by user name; otherwise they are left alone. It must be there, or
    /// be one that is brought back.
    #[arg(long, value_name = "NAME")]
    unowned_to: Option<String>,
}

/// What came of it.
#[derive(Debug, Default)]
struct Outcome {
    registered: u64,
    already_there: u64,
    /// Nothing says whose they are.
    unowned: u64,
    /// A sidecar without its original.
    lost: u64,
    failed: u64,
}

struct Rebuilder {
    blobs: Arc<dyn BlobStore>,
    keeper: Keeper,
    database: Database,
    kit: Kit,
    unowned_to: Option<UserId>,
    outcome: Outcome,
}

/// Makes the catalogue again from what the storage holds. What is in it already stays as it is, so that it may run again, and on a
/// database that was restored from an older backup.
pub(crate) async fn rebuild(
    config: CareConfig,
    arguments: RebuildArguments,
    kit: Kit,
) -> Result<ExitCode, StartError> {
    let blobs = photure_media::open_existing_storage(&config.media).await?;
    let broke = |error| StartError::new("the storage cannot be read", error);
    let (owners, unowned) = read_owners(&*blobs).await.map_err(broke)?;
    let in_order = owners.in_order(arguments.admin.as_deref());
    if arguments.dry_run {
        show(&in_order, unowned);
        return Ok(ExitCode::SUCCESS);
    }
    let database = crate::database::open(&config.database, &kit).await?;
    let mut made = Vec::new();
    for (id, owner) in &in_order {
        made.extend(account_for(&*database.accounts, *id, owner, &kit).await?);
    }
    let unowned_to = match &arguments.unowned_to {
        Some(name) => {
            let found = database.accounts.user_by_login(name).await;
            let found =
                found.map_err(|error| StartError::new(format!("there is no account {name}"), error))?;
            Some(found.user.id)
        }
        None => None,
    };
    // The passwords first: nobody can say them again, whatever happens from here on.
    hand_out(&made);
    let mut rebuilder = Rebuilder {
        keeper: Keeper::new(
            &config.media,
            Arc::clone(&blobs),
            std::env::temp_dir(),
            Arc::clone(&kit.clock),
        ),
        blobs,
        database,
        kit,
        unowned_to,
        outcome: Outcome::default(),
    };
    rebuilder.run().await?;
    let Outcome { failed, lost, .. } = rebuilder.outcome;
    sum_up(&rebuilder.outcome);
    Ok(if failed + lost == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(INCOMPLETE)
    })
}

/// Who the sidecars name, and how many originals have none.
async fn read_owners(blobs: &dyn BlobStore) -> Result<(Owners, u64), photure_blob::BlobError> {
    let mut owners = Owners::default();
    let mut unowned = 0;
    let mut bare: Option<Sha256> = None;
    let mut listing = blobs.list(Tree::Originals, None);
    while let Some(listed) = listing.next().await.transpose()? {
        match listed.found {
            Found::Blob(key) if key.film_hash().is_some() => {}
            Found::Blob(key) => {
                unowned += u64::from(bare.is_some());
                bare = Some(key.sha256);
            }
            Found::Sidecar { sha256, owner } => {
                if let Some(sidecar) = read_sidecar(blobs, sha256, owner).await? {
                    owners.meet(&sidecar);
                    bare = None;
                }
            }
            Found::Xmp { .. } => {}
        }
    }
    unowned += u64::from(bare.is_some());
    Ok((owners, unowned))
}

/// `None` where it cannot be understood.
async fn read_sidecar(
    blobs: &dyn BlobStore,
    sha256: Sha256,
    owner: UserId,
) -> Result<Option<Sidecar>, photure_blob::BlobError> {
    let text = blobs.record(RecordKey::Sidecar { sha256, owner }).await?;
    let sidecar = text.and_then(|text| Sidecar::from_json(&text).ok());
    Ok(sidecar.filter(|sidecar| (sidecar.facts.sha256, sidecar.owner_id) == (sha256, owner)))
}

impl Rebuilder {
    async fn run(&mut self) -> Result<(), StartError> {
        let broke = |error| StartError::new("the storage cannot be read", error);
        let mut listing = self.blobs.list(Tree::Originals, None).peekable();
        let mut listing = std::pin::Pin::new(&mut listing);
        while let Some(first) = listing.next().await.transpose().map_err(broke)? {
            let sha256 = first.found.sha256();
            let mut original = None;
            let mut sidecars = Vec::new();
            let mut next = Some(first);
            while let Some(listed) = next {
                match listed.found {
                    Found::Blob(key) if key.film_hash().is_some() => {}
                    Found::Blob(_) => original = Some(listed),
                    Found::Sidecar { owner, .. } => {
                        let read = read_sidecar(&*self.blobs, sha256, owner).await.map_err(broke)?;
                        if read.is_none() {
                            complain(sha256, "a sidecar cannot be understood");
                        }
                        sidecars.extend(read);
                    }
                    Found::Xmp { .. } => {}
                }
                let same = |listed: &Result<Listed, _>| match listed {
                    Ok(listed) => listed.found.sha256() == sha256,
                    Err(_) => true,
                };
                next = listing.as_mut().next_if(same).await.transpose().map_err(broke)?;
            }
            self.bring_back(sha256, original, sidecars).await?;
        }
        Ok(())
    }

    async fn bring_back(
        &mut self,
        sha256: Sha256,
        original: Option<Listed>,
        sidecars: Vec<Sidecar>,
    ) -> Result<(), StartError> {
        let Some(original) = original else {
            self.outcome.lost += 1;
            complain(sha256, "there is a sidecar, and no original");
            return Ok(());
        };
        if sidecars.is_empty() && self.unowned_to.is_none() {
            self.outcome.unowned += 1;
            return Ok(());
        }
        let reread = self.keeper.reread(sha256, original.len, original.modified).await;
        let reread = match reread.map_err(|error| StartError::new("an original cannot be read", error))? {
            Ok(reread) => Some(reread),
            Err(why) => {
                complain(sha256, &format!("the file cannot be read as a picture: {why}"));
                None
            }
        };
        if sidecars.is_empty() {
            let (Some(owner), Some(reread)) = (self.unowned_to, reread) else {
                self.outcome.failed += 1;
                return Ok(());
            };
            let sidecar = unowned(
                owner,
                reread.clone(),
                PhotoId::new(self.kit.ids.next()),
                &original,
            );
            return self.register(sidecar, Some(reread)).await;
        }
        for sidecar in sidecars {
            let mut reread = reread.clone();
            if let Some(reread) = &mut reread {
                self.heed_xmp(reread, sidecar.owner_id).await?;
            }
            self.register(sidecar, reread).await?;
        }
        Ok(())
    }

    /// What the owner's `.xmp` tells beyond what the sidecar has kept of it.
    async fn heed_xmp(&self, reread: &mut Reread, owner: UserId) -> Result<(), StartError> {
        let sha256 = reread.facts.sha256;
        let xmp = self.blobs.record(RecordKey::Xmp { sha256, owner }).await;
        let xmp = xmp.map_err(|error| StartError::new("the storage cannot be read", error))?;
        match xmp.map(|bytes| photure_imaging::sidecar(&bytes)) {
            Some(Ok(said)) => photure_imaging::heed_metadata(&mut reread.metadata, said.metadata),
            Some(Err(_)) => complain(sha256, "an .xmp cannot be understood"),
            None => {}
        }
        Ok(())
    }

    async fn register(&mut self, sidecar: Sidecar, reread: Option<Reread>) -> Result<(), StartError> {
        let failed = |error: StoreError| StartError::new("a photo cannot be catalogued", error);
        let sha256 = sidecar.facts.sha256;
        let photo = match as_catalogued(&sidecar, reread) {
            Ok(photo) => photo,
            Err(why) => {
                self.outcome.failed += 1;
                complain(sha256, &why);
                return Ok(());
            }
        };
        let photos = &*self.database.photos;
        let now = self.kit.clock.now();
        let registered = match photos
            .register(photo, Room::Boundless, now)
            .await
            .map_err(failed)?
        {
            Registered::Existing(_) => {
                self.outcome.already_there += 1;
                return Ok(());
            }
            Registered::Created(photo) => photo,
        };
        self.outcome.registered += 1;
        let (owner, id) = (registered.owner_id, registered.id);
        if sidecar.favorite {
            let edit = PhotoEdit {
                favorite: Some(true),
                ..PhotoEdit::default()
            };
            photos.edit(owner, id, edit, None).await.map_err(failed)?;
        }
        if let Some(trashed_at) = sidecar.trashed_at {
            photos.trash(owner, id, None, trashed_at).await.map_err(failed)?;
        }
        Ok(())
    }
}

/// By gallery's rules, as if media had registered it.
fn as_catalogued(sidecar: &Sidecar, reread: Option<Reread>) -> Result<NewPhoto, String> {
    let registration = Registration {
        photo_id: Some(sidecar.photo_id),
        uploaded_at: Some(sidecar.uploaded_at),
        owner_id: sidecar.owner_id,
        facts: sidecar.facts.clone(),
        metadata: reread.map(|reread| reread.metadata).unwrap_or_default(),
        title: sidecar.title.clone(),
        description: sidecar.description.clone(),
        rating: sidecar.rating,
        tags: sidecar.tags.clone(),
        attestation: Attestation {
            expires: 0,
            signature: String::new(),
        },
    };
    let taken_in = photure_gallery::taken_in(registration)?;
    Ok(NewPhoto {
        id: sidecar.photo_id,
        owner_id: taken_in.owner_id,
        facts: taken_in.facts,
        metadata: taken_in.metadata,
        title: taken_in.title,
        description: taken_in.description,
        rating: taken_in.rating,
        tags: taken_in.tags,
        film: sidecar.film,
        uploaded_at: sidecar.uploaded_at,
    })
}

/// Of an original that nothing is written beside.
fn unowned(owner_id: UserId, reread: Reread, photo_id: PhotoId, original: &Listed) -> Sidecar {
    Sidecar {
        version: Sidecar::VERSION,
        photo_id,
        owner_id,
        owner_name: None,
        uploaded_at: original.modified,
        facts: reread.facts,
        film: None,
        title: reread.title,
        description: reread.description,
        favorite: false,
        rating: reread.rating,
        archived: false,
        tags: reread.tags,
        trashed_at: None,
    }
}

#[allow(clippy::print_stdout, reason = "what was asked for on the command line")]
fn show(owners: &[(UserId, super::owners::Owner)], unowned: u64) {
    println!("Nothing is made. This is what the storage holds:");
    for (id, owner) in owners {
        println!(
            "{:<24} {} photos, {:.1} MB, since {} (id {id})",
            called(*id, owner),
            owner.photos,
            owner.bytes as f64 / 1e6,
            owner.since
        );
    }
    println!("{unowned} originals have nothing beside them that says whose they are.");
}

#[allow(clippy::print_stdout, reason = "what was asked for on the command line")]
fn hand_out(made: &[Made]) {
    if made.is_empty() {
        return;
    }
    println!("These accounts were made again. Their passwords are shown this once:");
    for account in made {
        let role = if account.is_admin { ", administrator" } else { "" };
        println!(
            "{:<24} {}  ({} photos{role})",
            account.username, account.password, account.photos
        );
    }
}

#[allow(clippy::print_stdout, reason = "what was asked for on the command line")]
fn sum_up(outcome: &Outcome) {
    println!(
        "{} photos were catalogued, {} were there already.",
        outcome.registered, outcome.already_there
    );
    if outcome.unowned > 0 {
        println!(
            "{} originals were left alone: nothing says whose they are (--unowned-to NAME).",
            outcome.unowned
        );
    }
    if outcome.failed + outcome.lost > 0 {
        println!(
            "{} photos could not be brought back.",
            outcome.failed + outcome.lost
        );
    }
}

#[allow(clippy::print_stderr, reason = "what was asked for on the command line")]
fn complain(sha256: Sha256, what: &str) {
    eprintln!("{sha256}: {what}");
}
