use photure_testkit::{nth_uuid, time};

use super::*;

fn key(text: &str, n: u64) -> TimelineKey {
    TimelineKey {
        taken_at: time(text),
        id: PhotoId::new(nth_uuid(n)),
    }
}

fn id(n: u64) -> SegmentId {
    SegmentId::new(nth_uuid(n))
}

fn row(from: TimelineKey, count: u32) -> SegmentRow {
    SegmentRow {
        id: id(1),
        from,
        count,
        version: 1,
    }
}

#[test]
fn the_first_photo_of_a_month_makes_a_segment_of_the_whole_month() {
    let photo = key("2024-02-29T23:59:59.999Z", 7);
    let Arrival::Put(made) = arrival(None, photo, 3, || id(9)) else {
        panic!("nothing was full")
    };
    let seen = seen(made, None);
    assert_eq!((seen.id, seen.count, seen.version), (id(9), 1, 3));
    assert_eq!(
        (seen.start, seen.end),
        (time("2024-02-01T00:00:00Z"), time("2024-02-29T23:59:59.999Z"))
    );
}

#[test]
fn the_last_and_the_first_month_of_all_have_bounds() {
    for (at, start, end) in [
        (
            "9999-12-30T22:00:00Z",
            "9999-12-01T00:00:00Z",
            "9999-12-30T22:00:00Z",
        ),
        (
            "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "0001-01-31T23:59:59.999Z",
        ),
    ] {
        let Arrival::Put(made) = arrival(None, key(at, 1), 1, || id(1)) else {
            panic!("nothing was full")
        };
        let seen = seen(made, None);
        assert_eq!((seen.start, seen.end), (time(start), time(end)));
    }
}

#[test]
fn a_full_segment_is_left_full_by_the_newest_photo_and_halved_by_any_other() {
    let begin = month_begin(key("2024-05-05T00:00:00Z", 0));
    let minute = |n: u64| TimelineKey {
        taken_at: Timestamp::from_millis(begin.taken_at.as_millis() + 60_000 * i64::try_from(n).unwrap()),
        id: PhotoId::new(nth_uuid(n)),
    };
    let keys: Vec<_> = (0..=u64::from(SEGMENT_LIMIT)).map(minute).collect();
    let full = row(begin, SEGMENT_LIMIT);
    assert_eq!(arrival(Some(full), keys[3], 2, || id(2)), Arrival::Full);

    let [older, newer] = split(full, &keys, keys[500], 2, id(2));
    assert_eq!((older.count, newer.count), (500, 1));
    assert_eq!((older.id, older.from, newer.id), (full.id, full.from, id(2)));

    let [older, newer] = split(full, &keys, keys[3], 2, id(2));
    assert_eq!((older.count, newer.count), (250, 251));
    assert!(older.from < newer.from && newer.from <= keys[250] && newer.from > keys[249]);
    let seen = seen_all(&[newer, older]);
    assert_eq!(
        seen[1].end.as_millis() + 1,
        seen[0].start.as_millis(),
        "photos of two moments share none"
    );
}

#[test]
fn photos_of_one_millisecond_are_split_by_their_ids_and_share_the_moment() {
    let keys: Vec<_> = (0..=u64::from(SEGMENT_LIMIT))
        .map(|n| key("2024-05-05T10:00:00.123Z", n))
        .collect();
    let [older, newer] = split(row(month_begin(keys[0]), SEGMENT_LIMIT), &keys, keys[0], 2, id(2));
    assert_eq!(newer.from, keys[250]);
    let seen = seen_all(&[newer, older]);
    assert_eq!((seen[0].start, seen[1].end), (keys[0].taken_at, keys[0].taken_at));
}

#[test]
fn an_empty_segment_falls_to_the_older_neighbour_else_to_the_newer() {
    let gone = row(month_begin(key("2024-05-05T00:00:00Z", 0)), 1);
    assert_eq!(departure(gone, 5), Departure::Emptied);
    let older = SegmentRow {
        id: id(2),
        count: 4,
        ..gone
    };
    let newer = SegmentRow {
        id: id(3),
        from: key("2024-05-20T00:00:00Z", 3),
        count: 6,
        version: 1,
    };
    assert_eq!(
        heir(gone, Some(older), Some(newer), 5),
        Some(SegmentRow { version: 5, ..older })
    );
    let taken_over = SegmentRow {
        from: gone.from,
        version: 5,
        ..newer
    };
    assert_eq!(heir(gone, None, Some(newer), 5), Some(taken_over));
    assert_eq!(heir(gone, None, None, 5), None);
}

#[test]
fn packing_fills_to_the_brim_and_begins_anew_with_each_month() {
    let mut packing = Packing::new(8);
    for n in 0..1_001 {
        packing.push(key("2024-05-05T10:00:00Z", n), || id(n));
    }
    packing.push(key("2024-06-01T00:00:00Z", 0), || id(2_000));
    let rows = packing.finish();
    assert_eq!(
        rows.iter().map(|row| row.count).collect::<Vec<_>>(),
        [500, 500, 1, 1]
    );
    assert_eq!(rows[1].from, key("2024-05-05T10:00:00Z", 500));
    assert_eq!(rows[3].from.taken_at, time("2024-06-01T00:00:00Z"));
    assert!(rows.iter().all(|row| row.version == 8));
}
