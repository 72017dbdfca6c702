use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use photure_common::service::{Kit, StartError};
use photure_media::integrity::{Finding, Keeper, Mending, Tally};
use serde_json::json;

use super::house::{CareConfig, House};

/// Something is not whole, and was not made good.
const FINDINGS: u8 = 1;

#[derive(Clone, Debug, Args)]
pub(crate) struct CheckArguments {
    /// Remove what no photo refers to, and write missing sidecars. No original that a photo refers to is ever touched.
    #[arg(long)]
    repair: bool,
    /// One JSON object per line.
    #[arg(long)]
    json: bool,
}

/// 0: all is whole, or was made so. 1: something is not. 69: it cannot be said, because storage or database are not there.
pub(crate) async fn check(
    config: CareConfig,
    arguments: CheckArguments,
    kit: Kit,
) -> Result<ExitCode, StartError> {
    let blobs = photure_media::open_existing_storage(&config.media).await?;
    let database = crate::database::open_existing(&config.database, &kit).await?;
    let house = House::new(&database, &kit);
    let keeper = Keeper::new(&config.media, blobs, std::env::temp_dir(), Arc::clone(&kit.clock));
    let mending = Mending {
        sidecars: arguments.repair,
    };
    let checked = keeper
        .check(&house, mending, async |place, finding| {
            if arguments.repair {
                keeper.repair(&house, &house, &*kit.ids, place, finding).await?;
            }
            tell(finding, arguments.json);
            Ok(())
        })
        .await;
    let tally = checked.map_err(|error| StartError::new("the check broke off", error))?;
    sum_up(&tally, arguments.json);
    Ok(if tally.left() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FINDINGS)
    })
}

#[allow(clippy::print_stdout, reason = "what was asked for on the command line")]
fn tell(finding: &Finding, as_json: bool) {
    if as_json {
        println!("{}", json!({ "finding": finding }));
        return;
    }
    let photos: Vec<_> = finding.photo_ids.iter().map(ToString::to_string).collect();
    println!(
        "{:<16} {} {}{}{}",
        finding.kind.as_str(),
        finding.sha256,
        finding.detail,
        if photos.is_empty() {
            String::new()
        } else {
            format!(" (photos {})", photos.join(", "))
        },
        if finding.mended { ": made good" } else { "" },
    );
}

#[allow(clippy::print_stdout, reason = "what was asked for on the command line")]
fn sum_up(tally: &Tally, as_json: bool) {
    if as_json {
        println!("{}", json!({ "tally": tally, "left": tally.left() }));
        return;
    }
    println!(
        "{} originals of {:.1} MB were read and compared with their hashes.",
        tally.originals,
        tally.bytes as f64 / 1e6
    );
    for (kind, count) in &tally.found {
        let mended = tally.mended.get(kind).copied().unwrap_or_default();
        println!("{:<16} {count} found, {mended} made good", kind.as_str());
    }
    if tally.left() == 0 {
        println!("The storage is whole.");
    } else {
        println!("The storage is not whole: {} findings are left.", tally.left());
    }
}
