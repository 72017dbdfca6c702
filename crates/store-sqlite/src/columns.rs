//! From rows to what the domain knows, and back.

use photure_domain::account::{Client, Role, Session, User};
use photure_domain::film::Film;
use photure_domain::photo::{Camera, FileFacts, Photo, Position, Taken};
use photure_domain::{Sha256, Timestamp};
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use uuid::Uuid;

use crate::Result;
use crate::error::Error;

/// A value of the domain as a column keeps it.
pub(crate) struct Column<T>(pub(crate) T);

impl ToSql for Column<Timestamp> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_millis().into())
    }
}

impl FromSql for Column<Timestamp> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(|millis| Self(Timestamp::from_millis(millis)))
    }
}

impl ToSql for Column<Sha256> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_bytes().as_slice().into())
    }
}

impl FromSql for Column<Sha256> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 32]>::column_result(value).map(|bytes| Self(Sha256::new(bytes)))
    }
}

macro_rules! id_columns {
    ($($id:ident),+) => {$(
        impl ToSql for Column<photure_domain::$id> {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.0.as_uuid().into_bytes().to_vec().into())
            }
        }

        impl FromSql for Column<photure_domain::$id> {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                <[u8; 16]>::column_result(value).map(|bytes| Self(photure_domain::$id::new(Uuid::from_bytes(bytes))))
            }
        }
    )+};
}

id_columns!(
    UserId,
    ApiKeyId,
    AuditId,
    InvitationId,
    OrganizationId,
    PhotoId,
    SessionId,
    SegmentId,
    KeyId,
    ClaimId,
    PasskeyId,
    IdentityId
);

/// Texts of a fixed set and JSON.
pub(crate) fn parsed<T, E: std::error::Error + Send + Sync + 'static>(
    row: &Row<'_>,
    column: &str,
    parse: impl FnOnce(&str) -> std::result::Result<T, E>,
) -> rusqlite::Result<T> {
    let index = row.as_ref().column_index(column)?;
    let text = row.get_ref(index)?.as_str()?;
    parse(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(error))
    })
}

pub(crate) fn optional_parsed<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => parsed(row, column, str::parse).map(Some),
    }
}

pub(crate) fn value<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<T>
where
    Column<T>: FromSql,
{
    row.get::<_, Column<T>>(column).map(|column| column.0)
}

pub(crate) fn optional<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>>
where
    Column<T>: FromSql,
{
    Ok(row.get::<_, Option<Column<T>>>(column)?.map(|column| column.0))
}

/// Whole numbers that are never negative.
pub(crate) fn unsigned(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    let index = row.as_ref().column_index(column)?;
    let number: i64 = row.get(index)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, number))
}

/// `what` names it where it is greater than SQLite can hold.
pub(crate) fn signed(number: u64, what: &'static str) -> Result<i64> {
    i64::try_from(number).map_err(|_| Error::TooLarge(what))
}

pub(crate) fn photo(row: &Row<'_>) -> rusqlite::Result<Photo> {
    let (lat, lon): (Option<f64>, Option<f64>) = (row.get("lat")?, row.get("lon")?);
    let altitude = row.get("altitude")?;
    Ok(Photo {
        id: value(row, "id")?,
        owner_id: value(row, "owner_id")?,
        facts: FileFacts {
            sha256: value(row, "sha256")?,
            bytes: unsigned(row, "bytes")?,
            filename: row.get("filename")?,
            media_type: parsed(row, "media_type", |text| {
                text.parse().map_err(|()| FromSqlError::InvalidType)
            })?,
            width: row.get("width")?,
            height: row.get("height")?,
            taken: Taken {
                at: value(row, "taken_at")?,
                utc_offset_minutes: row.get("utc_offset_minutes")?,
            },
            camera: Camera {
                make: row.get("make")?,
                model: row.get("model")?,
                lens: row.get("lens")?,
                iso: row.get("iso")?,
                f_number: row.get("f_number")?,
                exposure: row.get("exposure")?,
                focal_length: row.get("focal_length")?,
            },
            position: lat.zip(lon).map(|(lat, lon)| Position { lat, lon, altitude }),
            thumbhash: row.get("thumbhash")?,
            color: row.get("color")?,
        },
        film: film(row)?,
        uploaded_at: value(row, "uploaded_at")?,
        title: row.get("title")?,
        description: row.get("description")?,
        favorite: row.get("favorite")?,
        rating: row.get("rating")?,
        archived: row.get("archived")?,
        tags: parsed(row, "tags", |text| serde_json::from_str(text))?,
        trashed_at: optional(row, "trashed_at")?,
        revision: unsigned(row, "revision")?,
    })
}

fn film(row: &Row<'_>) -> rusqlite::Result<Option<Film>> {
    let Some(sha256) = optional(row, "film_sha256")? else {
        return Ok(None);
    };
    Ok(Some(Film {
        sha256,
        bytes: unsigned(row, "film_bytes")?,
        media_type: parsed(row, "film_type", |text| {
            text.parse().map_err(|()| FromSqlError::InvalidType)
        })?,
    }))
}

pub(crate) fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: value(row, "id")?,
        username: row.get("username")?,
        email: row.get("email")?,
        email_confirmed_at: optional(row, "email_confirmed_at")?,
        role: parsed(row, "role", |text| {
            [Role::Admin, Role::Member]
                .into_iter()
                .find(|role| role.as_str() == text)
                .ok_or(FromSqlError::InvalidType)
        })?,
        disabled: row.get("disabled")?,
        created_at: value(row, "created_at")?,
        signed_in_at: optional(row, "signed_in_at")?,
        closes_at: optional(row, "closes_at")?,
    })
}

pub(crate) fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        id: value(row, "id")?,
        user_id: value(row, "user_id")?,
        client: Client {
            device: row.get("device")?,
            address: optional_parsed(row, "address")?,
        },
        created_at: value(row, "created_at")?,
        last_used_at: value(row, "last_used_at")?,
        expires_at: value(row, "expires_at")?,
        revoked_at: optional(row, "revoked_at")?,
        alarm: row.get("alarm")?,
    })
}
