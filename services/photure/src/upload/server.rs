use std::time::Duration;

use photure_common::ProblemBody;
use photure_common::identity::LIBRARY;
use photure_domain::OrganizationId;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::RwLock;
use url::Url;

use super::Candidate;

/// A Photure that somebody is signed in to.
#[derive(Debug)]
pub(super) struct Server {
    base: Url,
    client: Client,
    account: Account,
    /// Whose library it is about, where it is not the account's own.
    library: Option<OrganizationId>,
    tokens: RwLock<Tokens>,
}

/// In whose name.
#[derive(Debug)]
pub(super) enum Account {
    Person {
        username: String,
        password: SecretString,
    },
    /// Whoever has made it.
    ApiKey(SecretString),
}

#[derive(Debug, Deserialize)]
struct Tokens {
    access: SecretString,
}

/// What may come instead of an answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServerError {
    #[error("{} does not answer", .0)]
    Unreachable(Url, #[source] reqwest::Error),
    /// In the server's own words.
    #[error("{}", .0.detail)]
    Refused(Box<ProblemBody>, Option<Duration>),
    #[error("the server answers with {0}, and not as a Photure does")]
    Strange(StatusCode),
    #[error("the file cannot be read")]
    File(#[source] std::io::Error),
    #[error("the file was changed while it was being sent")]
    Changed,
    /// It knows nothing of the upload that was begun.
    #[error("the server has forgotten the upload")]
    Forgotten,
    #[error("what is to be remembered cannot be written")]
    Journal(#[source] std::io::Error),
}

/// What the server thinks of a file before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accept,
    Duplicate { has_film: bool },
    Rejected(String),
}

impl ServerError {
    /// Whether it may go better the next time, and how long the server wants to be left alone before.
    pub(super) fn is_passing(&self) -> Option<Duration> {
        match self {
            Self::Unreachable(..) => Some(Duration::ZERO),
            Self::Strange(status)
                if status.is_server_error() || matches!(status.as_u16(), 408 | 423 | 429) =>
            {
                Some(Duration::ZERO)
            }
            Self::Refused(problem, wait) => {
                let passing = matches!(problem.status, 408 | 423 | 429 | 460 | 500..=506 | 508..)
                    || matches!(problem.code.as_str(), "upload_offset" | "upload_interrupted");
                passing.then(|| wait.unwrap_or_default())
            }
            _ => None,
        }
    }
}

impl Server {
    /// Signs in.
    pub(super) async fn sign_in(
        base: Url,
        account: Account,
        library: Option<OrganizationId>,
    ) -> Result<Self, ServerError> {
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .user_agent(concat!("photure/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = client.map_err(|error| ServerError::Unreachable(base.clone(), error))?;
        let tokens = log_in(&client, &base, &account).await?;
        Ok(Self {
            base,
            client,
            account,
            library,
            tokens: RwLock::new(tokens),
        })
    }

    /// Who it is signed in as.
    pub(super) async fn username(&self) -> Result<String, ServerError> {
        #[derive(Deserialize)]
        struct Me {
            username: String,
        }
        if let Account::Person { username, .. } = &self.account {
            return Ok(username.clone());
        }
        let response = self
            .send(Method::GET, "/api/v1/users/me", async |request| Ok(request))
            .await?;
        let status = response.status();
        let me: Me = response.json().await.map_err(|_| ServerError::Strange(status))?;
        Ok(me.username)
    }

    /// Sends a request, once more with a new token where the old one has run out. `dress` makes the same request each time.
    pub(super) async fn send(
        &self,
        method: Method,
        address: &str,
        dress: impl AsyncFn(RequestBuilder) -> Result<RequestBuilder, ServerError>,
    ) -> Result<Response, ServerError> {
        let url = self.url(address);
        let mut signed_in_anew = false;
        loop {
            let access = self.tokens.read().await.access.clone();
            let mut request = self
                .client
                .request(method.clone(), url.clone())
                .bearer_auth(access.expose_secret());
            if let Some(library) = self.library {
                request = request.header(LIBRARY, library.to_string());
            }
            let response = dress(request).await?.send().await;
            let response = response.map_err(|error| ServerError::Unreachable(url.clone(), error))?;
            if response.status() == StatusCode::UNAUTHORIZED && !std::mem::replace(&mut signed_in_anew, true)
            {
                self.sign_in_anew(&access).await?;
                continue;
            }
            return if response.status().is_success() {
                Ok(response)
            } else {
                Err(refusal(response).await)
            };
        }
    }

    /// What to do with each, in their order.
    pub(super) async fn check(&self, files: &[Candidate]) -> Result<Vec<Verdict>, ServerError> {
        #[derive(Deserialize)]
        struct Checked {
            items: Vec<Item>,
        }
        #[derive(Deserialize)]
        struct Item {
            result: String,
            code: Option<String>,
            live: Option<bool>,
        }
        let items: Vec<_> = files
            .iter()
            .enumerate()
            .map(|(n, file)| json!({"ref": n.to_string(), "sha256": file.sha256, "bytes": file.bytes}))
            .collect();
        let body = json!({"items": items});
        let response = self
            .send(Method::POST, "/api/v1/photos/check", async |request| {
                Ok(request.json(&body))
            })
            .await?;
        let status = response.status();
        let checked: Checked = response.json().await.map_err(|_| ServerError::Strange(status))?;
        if checked.items.len() != files.len() {
            return Err(ServerError::Strange(status));
        }
        let verdict = |item: Item| match item.result.as_str() {
            "accept" => Verdict::Accept,
            // A server that knows of no films takes none.
            "duplicate" => Verdict::Duplicate {
                has_film: item.live.unwrap_or(true),
            },
            _ => Verdict::Rejected(item.code.unwrap_or_else(|| "rejected".into())),
        };
        Ok(checked.items.into_iter().map(verdict).collect())
    }

    pub(super) fn name(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base
            .port_or_known_default()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// An address of this server, however it was written; of no other.
    fn url(&self, address: &str) -> Url {
        let mut url = self.base.clone();
        let path = Url::options().base_url(Some(&self.base)).parse(address);
        if let Ok(path) = path {
            url.set_path(path.path());
            url.set_query(path.query());
        }
        url
    }

    async fn sign_in_anew(&self, old: &SecretString) -> Result<(), ServerError> {
        let mut tokens = self.tokens.write().await;
        if tokens.access.expose_secret() == old.expose_secret() {
            *tokens = log_in(&self.client, &self.base, &self.account).await?;
        }
        Ok(())
    }
}

async fn log_in(client: &Client, base: &Url, account: &Account) -> Result<Tokens, ServerError> {
    let (username, password) = match account {
        Account::Person { username, password } => (username, password.expose_secret()),
        Account::ApiKey(key) => return Ok(Tokens { access: key.clone() }),
    };
    let mut url = base.clone();
    url.set_path("/api/v1/auth/login");
    let body = json!({"username": username, "password": password});
    let response = client.post(url.clone()).json(&body).send().await;
    let response = response.map_err(|error| ServerError::Unreachable(url, error))?;
    if !response.status().is_success() {
        return Err(refusal(response).await);
    }
    let status = response.status();
    response.json().await.map_err(|_| ServerError::Strange(status))
}

async fn refusal(response: Response) -> ServerError {
    let status = response.status();
    let wait = response
        .headers()
        .get("retry-after")
        .and_then(|seconds| seconds.to_str().ok()?.parse().ok())
        .map(Duration::from_secs);
    match response.json::<ProblemBody>().await {
        Ok(problem) => ServerError::Refused(Box::new(problem), wait),
        // An answer to HEAD has no body.
        Err(_) => ServerError::Strange(status),
    }
}

/// How often, and how long between, something that may pass is tried again.
pub(super) async fn again_and_again<T>(
    retries: u32,
    mut work: impl AsyncFnMut() -> Result<T, ServerError>,
) -> Result<T, ServerError> {
    let mut tries = 0;
    loop {
        let error = match work().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        match error.is_passing() {
            Some(wait) if tries < retries => {
                let backoff = Duration::from_millis(250 << tries.min(7));
                tokio::time::sleep(wait.max(backoff)).await;
                tries += 1;
            }
            _ => return Err(error),
        }
    }
}

/// Both, with what lies behind it.
pub(super) fn in_words(error: &(dyn std::error::Error + 'static)) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", in_words(cause)),
        None => error.to_string(),
    }
}
