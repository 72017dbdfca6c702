//! Many photos as one ZIP, which every program that reads ZIPs reads.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use photure_blob::{BlobKey, BlobStore};
use photure_domain::{PhotoId, Sha256};
use photure_testkit::{nth_uuid, user};
use serde_json::{Value, json};

use crate::support::pictures::{sha256, small};
use crate::support::{Answer, Form, Process, World};

async fn uploaded(media: &Process, picture: &[u8], name: &str) -> PhotoId {
    let answer = media.upload(Form::named_file(name, picture)).await;
    answer.assert_photo(201, sha256(picture));
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

async fn ask(media: &Process, body: &Value) -> Answer {
    media.post_json("/api/v1/archives", body).await
}

async fn archive_of(media: &Process, ids: &[PhotoId]) -> Value {
    let answer = ask(media, &json!({ "photo_ids": ids })).await;
    assert_eq!(answer.status.as_u16(), 201, "{:?}", answer.body);
    answer.json()
}

/// What a program says of the archive, which has to like it.
fn run(program: &str, arguments: &[&str], archive: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(archive).output();
    let output = output.unwrap_or_else(|error| panic!("{program} is needed: {error}"));
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{program}: {said}");
    said
}

const READ: &str = "
import json, sys, zipfile, hashlib
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    for entry in archive.infolist():
        assert entry.compress_type == zipfile.ZIP_STORED
    print(json.dumps([[entry.filename, list(entry.date_time), hashlib.sha256(archive.read(entry)).hexdigest()
                       if entry.file_size < 1 << 30 else entry.file_size] for entry in archive.infolist()]))
";

/// Names, times and hashes, as Python reads them; unzip and 7z agree that it is whole.
fn read(world: &World, bytes: &[u8]) -> Vec<(String, Vec<u32>, String)> {
    let path = world.folder.path().join("archive.zip");
    std::fs::write(&path, bytes).unwrap();
    let said = run("unzip", &["-t"], &path);
    assert!(said.contains("No errors detected"), "{said}");
    let said = run("7z", &["t"], &path);
    assert!(said.contains("Everything is Ok"), "{said}");
    serde_json::from_str(&run("python3", &["-c", READ], &path)).unwrap()
}

fn hex(picture: &[u8]) -> String {
    sha256(picture).to_string()
}

fn original(world: &World, sha256: Sha256) -> std::path::PathBuf {
    world
        .folder
        .path()
        .join("files")
        .join(BlobKey::original(sha256).path())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_selection_comes_as_a_zip_that_everybody_reads() {
    let world = World::new();
    let media = world.start().await;
    let pictures = [small(1), small(2), small(3)];
    let mut ids = Vec::new();
    for (picture, name) in pictures
        .iter()
        .zip(["Größe.png", "IMG_20240728_210405.png", "größe.PNG"])
    {
        ids.push(uploaded(&media, picture, name).await);
    }
    let made = archive_of(&media, &[ids[2], ids[0], ids[1], ids[0]]).await;
    let total: usize = pictures.iter().map(Vec::len).sum();
    assert_eq!((&made["photos"], &made["bytes"]), (&json!(3), &json!(total)));
    assert_eq!(made["missing"], json!([]));
    assert_eq!(made["filename"], "photos-2025-06-15.zip");

    // By its address alone, as a browser does.
    let answer = media.get(made["url"].as_str().unwrap()).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.header("content-type"), "application/zip");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"photos-2025-06-15.zip\""
    );
    let entries = read(&world, &answer.body);
    let names: Vec<_> = entries.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["größe.PNG", "Größe (2).png", "IMG_20240728_210405.png"]);
    let hashes: Vec<_> = entries.iter().map(|(.., hash)| hash.clone()).collect();
    assert_eq!(hashes, [hex(&pictures[2]), hex(&pictures[0]), hex(&pictures[1])]);
    assert_eq!(
        entries[2].1,
        [2024, 7, 28, 21, 4, 4],
        "ZIP counts every other second"
    );

    let signed_in = media
        .get_signed_in(&format!("/api/v1/archives/{}", made["id"].as_str().unwrap()))
        .await;
    assert_eq!(signed_in.status.as_u16(), 200);
    assert_eq!(signed_in.body, answer.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_named_and_the_rest_is_there() {
    let world = World::new();
    let media = world.start().await;
    let pictures = [small(1), small(2), small(3)];
    let mut ids = Vec::new();
    for (picture, name) in pictures.iter().zip(["whole.png", "gone.png", "rotten.png"]) {
        ids.push(uploaded(&media, picture, name).await);
    }
    std::fs::remove_file(original(&world, sha256(&pictures[1]))).unwrap();
    let mut rotten = pictures[2].clone();
    rotten[20] ^= 1;
    std::fs::remove_file(original(&world, sha256(&pictures[2]))).unwrap();
    std::fs::write(original(&world, sha256(&pictures[2])), &rotten).unwrap();
    let nobodys = PhotoId::new(nth_uuid(0xDEAD));
    let made = archive_of(&media, &[ids[0], ids[1], ids[2], nobodys]).await;
    assert_eq!(made["missing"], json!([nobodys]));
    let answer = media.get(made["url"].as_str().unwrap()).await;
    let entries = read(&world, &answer.body);
    let names: Vec<_> = entries.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["whole.png", "rotten.png", "MISSING.txt"]);
    assert_eq!(entries[0].2, hex(&pictures[0]));
    let text = Command::new("unzip")
        .args([
            "-p",
            world.folder.path().join("archive.zip").to_str().unwrap(),
            "MISSING.txt",
        ])
        .output();
    let text = String::from_utf8(text.unwrap().stdout).unwrap();
    assert!(text.contains("gone.png: it is not in the storage"), "{text}");
    assert!(text.contains("rotten.png: its bytes are damaged"), "{text}");
    assert!(
        text.contains(&format!("photo {nobodys}: there is no such photo")),
        "{text}"
    );
    assert!(!text.contains("whole.png"), "{text}");
}

#[tokio::test]
async fn nobody_gets_what_is_not_theirs() {
    let world = World::new();
    let media = world.start().await;
    let other = media.with_token(world.auth.person(user(2)));
    let id = uploaded(&media, &small(1), "a.png").await;
    ask(&other, &json!({ "photo_ids": [id] }))
        .await
        .assert_problem(404, "not_found");
    let made = archive_of(&media, &[id]).await;
    let path = format!("/api/v1/archives/{}", made["id"].as_str().unwrap());
    other.get_signed_in(&path).await.assert_problem(404, "not_found");
    media.get(&path).await.assert_problem(401, "unauthenticated");
    let url = made["url"].as_str().unwrap().to_owned();
    media
        .get(&url.replace("sig=", "sig=A"))
        .await
        .assert_problem(403, "address_invalid");
    let elsewhere = url.replace(made["id"].as_str().unwrap(), &nth_uuid(1).to_string());
    media.get(&elsewhere).await.assert_problem(403, "address_invalid");
    world.clock.advance(Duration::from_secs(24 * 3600));
    media.get(&url).await.assert_problem(403, "address_expired");
    let fresh = media.with_token(world.auth.person(user(1)));
    world.clock.advance(Duration::from_secs(2 * 3600));
    let later = media.with_token(world.auth.person(user(1)));
    later.get_signed_in(&path).await.assert_problem(404, "not_found");
    drop(fresh);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let world = World::new();
    let media = world.start().await;
    let id = uploaded(&media, &small(1), "a.png").await;
    for body in [
        json!({ "photo_ids": [] }),
        json!({ "photo_ids": vec![id; 10_001] }),
        json!({ "album_id": id }),
        json!({ "photo_ids": [id], "album_id": id }),
        json!({ "photo_ids": ["x"] }),
        json!({}),
    ] {
        assert_eq!(ask(&media, &body).await.status.as_u16(), 422, "{body}");
    }
    let read_only = media.with_token(world.auth.person_with(user(1), "photos:write"));
    ask(&read_only, &json!({ "photo_ids": [id] }))
        .await
        .assert_problem(403, "forbidden");
    world.gallery.catalogue().is_away = true;
    ask(&media, &json!({ "photo_ids": [id] }))
        .await
        .assert_problem(503, "unavailable");
}

#[tokio::test]
async fn archives_are_forgotten_after_a_day() {
    let mut world = World::new();
    world.config.sweep_every = Duration::from_millis(20);
    let media = world.start().await;
    let id = uploaded(&media, &small(1), "a.png").await;
    archive_of(&media, &[id]).await;
    assert_eq!(media.blobs.archives().await.unwrap().len(), 1);
    // By the storage's clock, which is not the test's.
    world.clock.advance(Duration::from_secs(86_400 * 3650));
    while !media.blobs.archives().await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// In a process of its own: the memory of this one is that of all its tests.
#[allow(
    clippy::disallowed_methods,
    reason = "a test that starts itself anew knows it by its environment"
)]
#[test]
fn gigabytes_pass_through_little_memory() {
    const ALONE: &str = "PHOTURE_TEST_ALONE";
    const NAME: &str = "archives::gigabytes_pass_through_little_memory";
    if std::env::var_os(ALONE).is_some() {
        let machine = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        return machine.unwrap().block_on(pass_gigabytes());
    }
    let alone = Command::new(std::env::current_exe().unwrap())
        .args([NAME, "--exact", "--nocapture"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&alone.stdout);
    let why = String::from_utf8_lossy(&alone.stderr);
    assert!(alone.status.success() && said.contains("1 passed"), "{said}{why}");
}

/// Sparse files: more of them than 32 bits count, and far more than memory has.
async fn pass_gigabytes() {
    const EACH: u64 = 820 << 20;
    let world = World::new();
    let media = world.start().await;
    let mut ids = Vec::new();
    for n in 1..=5 {
        let picture = small(n);
        ids.push(uploaded(&media, &picture, "large.png").await);
        let file = std::fs::OpenOptions::new()
            .write(true)
            .open(original(&world, sha256(&picture)))
            .unwrap();
        file.set_len(EACH).unwrap();
    }
    let made = archive_of(&media, &ids).await;
    let before = peak();
    let request = Request::get(made["url"].as_str().unwrap())
        .body(Body::empty())
        .unwrap();
    let mut body = media.stream(request).await.into_body();
    let (mut sent, mut end) = (0u64, Vec::new());
    while let Some(frame) = body.frame().await {
        let data = frame.unwrap().into_data().unwrap();
        sent += data.len() as u64;
        end.extend_from_slice(&data[data.len().saturating_sub(512)..]);
        let excess = end.len().saturating_sub(512);
        end.drain(..excess);
    }
    assert!(sent > 5 * EACH, "{sent}");
    assert!(
        end.windows(4).any(|four| four == b"PK\x06\x06"),
        "a ZIP64 end of the directory"
    );
    let grown = peak() - before;
    assert!(grown < 48 << 20, "{grown} bytes more than before");
}

/// The most memory this process ever had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_who_leaves_holds_nobody_up() {
    let world = World::new();
    let media = world.start().await;
    let picture = small(1);
    let id = uploaded(&media, &picture, "large.png").await;
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(original(&world, sha256(&picture)))
        .unwrap();
    file.set_len(64 << 20).unwrap();
    let made = archive_of(&media, &[id]).await;
    let get = || {
        Request::get(made["url"].as_str().unwrap())
            .body(Body::empty())
            .unwrap()
    };
    // More than are made at once, one after the other, none read to its end.
    for _ in 0..20 {
        let response = loop {
            let response = media.stream(get()).await;
            if response.status() != 503 {
                break response;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        assert_eq!(response.status(), 200);
        let mut body = response.into_body();
        body.frame().await.unwrap().unwrap();
    }
    let held: Vec<_> = futures::future::join_all((0..9).map(|_| media.stream(get()))).await;
    assert!(
        held.iter().any(|response| response.status() == 503),
        "there is an end to how many are made at once"
    );
}
