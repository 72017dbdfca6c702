use photure_common::{Problem, ProblemBody};
use photure_domain::{PhotoId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::gallery::Answer;

/// What became of an upload.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ending {
    pub(crate) owner_id: UserId,
    pub(crate) kind: Kind,
    pub(crate) bytes: u64,
    pub(crate) outcome: Outcome,
    pub(crate) expires_at: Timestamp,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// A new photo.
    Ready(PhotoId),
    /// Its owner had these bytes already.
    Duplicate(PhotoId),
    Failed(Box<ProblemBody>),
}

/// The part of gallery's answer that tells what an upload has become.
#[derive(Deserialize)]
struct Registered {
    id: PhotoId,
    uploaded_at: Timestamp,
}

impl Outcome {
    /// Of gallery's answer to an upload that was whole at `received_at`. An answer that says the photo was there is no
    /// duplicate where it came there by this very upload, before media was killed.
    pub(crate) fn of(answer: &Answer, received_at: Timestamp) -> Option<Self> {
        if !answer.status.is_success() {
            let problem = serde_json::from_slice(&answer.body).ok();
            return problem.map(|problem| Self::Failed(Box::new(problem)));
        }
        let photo: Registered = serde_json::from_slice(&answer.body).ok()?;
        let is_new = answer.status == http::StatusCode::CREATED || photo.uploaded_at >= received_at;
        Some(if is_new {
            Self::Ready(photo.id)
        } else {
            Self::Duplicate(photo.id)
        })
    }

    pub(crate) fn failed(problem: &Problem) -> Self {
        Self::Failed(Box::new(problem.body(None)))
    }
}
