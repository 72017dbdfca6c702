//! Several media: what one person uploads goes to one of them, since the bytes of an upload under way lie there.

use std::convert::Infallible;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use photure_common::Problem;
use photure_common::peer::Peer;
use tower::Service;

use crate::edge::VerifiedUser;
use crate::upstream::Upstream;

/// Replicas of one service, each person's requests always to the same one while the list is the same. When the list
/// changes, only those move whose replica came or went (rendezvous hashing).
#[derive(Clone)]
pub(crate) struct Replicas(Arc<[(String, Upstream)]>);

impl Replicas {
    pub(crate) fn new<'a>(name: &'static str, peers: impl IntoIterator<Item = &'a Peer>) -> Self {
        let each = peers.into_iter().map(|peer| {
            let place = match peer {
                Peer::Remote { base, .. } => base.to_string(),
                Peer::Local(_) => String::new(),
            };
            (place, Upstream::new(name, peer))
        });
        Self(each.collect())
    }

    /// Without a person any will do: it refuses.
    fn for_whom(&self, user: Option<VerifiedUser>) -> Option<Upstream> {
        let weight = |place: &str| {
            // The same in every gateway: this hasher has no key of its own.
            let hasher = BuildHasherDefault::<DefaultHasher>::default();
            hasher.hash_one((user.map(|user| user.0), place))
        };
        let chosen = self.0.iter().max_by_key(|(place, _)| weight(place));
        chosen.map(|(_, upstream)| upstream.clone())
    }
}

impl Service<Request> for Replicas {
    type Response = Response;
    type Error = Infallible;
    type Future = <Upstream as Service<Request>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let user = request.extensions().get::<VerifiedUser>().copied();
        match self.for_whom(user) {
            Some(mut upstream) => upstream.call(request),
            None => Box::pin(async { Ok(Problem::not_found().into_response()) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use photure_domain::UserId;
    use uuid::Uuid;

    fn replicas(places: &[&'static str]) -> Replicas {
        let named = |place: &'static str| {
            let router = Router::new().fallback(async move || place);
            (place.to_owned(), Upstream::new("media", &Peer::Local(router)))
        };
        Replicas(places.iter().map(|place| named(place)).collect())
    }

    async fn asked(replicas: &Replicas, user: u128) -> String {
        let mut request = Request::new(Body::empty());
        let user = VerifiedUser(UserId::new(Uuid::from_u128(user)));
        request.extensions_mut().insert(user);
        let response = replicas.clone().call(request).await.unwrap();
        let body = to_bytes(response.into_body(), 100).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_person_keeps_to_one_while_it_is_there() {
        let three = replicas(&["a", "b", "c"]);
        let (turned, two) = (replicas(&["c", "a", "b"]), replicas(&["a", "c"]));
        let mut seen = std::collections::BTreeMap::new();
        for user in 0..300 {
            let place = asked(&three, user).await;
            assert_eq!(
                asked(&turned, user).await,
                place,
                "the order of the list says nothing"
            );
            if place != "b" {
                assert_eq!(
                    asked(&two, user).await,
                    place,
                    "only those of the one that went have moved"
                );
            }
            *seen.entry(place).or_insert(0) += 1;
        }
        assert!(
            seen.len() == 3 && seen.values().all(|count| *count > 50),
            "{seen:?}"
        );
    }
}
