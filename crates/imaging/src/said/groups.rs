use photure_domain::photo::Metadata;
use serde_json::Value as Json;

/// As JSON, names included.
const MAX_BYTES: usize = 64 << 10;

/// Groups that stop growing at [`MAX_BYTES`].
#[derive(Debug, Default)]
pub(crate) struct Groups {
    groups: Metadata,
    bytes: usize,
}

impl Groups {
    /// The first value of a name stays; what no longer fits is left out.
    pub(crate) fn add(&mut self, group: &str, name: &str, value: Json) {
        let taken = self.groups.get(group).is_some_and(|tags| tags.contains_key(name));
        // Quotes, colon, comma, and for the first tag of a group its name and braces.
        let bytes = value.to_string().len() + name.len() + group.len() + 10;
        if taken || self.bytes + bytes > MAX_BYTES {
            return;
        }
        self.bytes += bytes;
        self.groups
            .entry(group.to_owned())
            .or_default()
            .insert(name.to_owned(), value);
    }

    pub(crate) fn into_metadata(self) -> Metadata {
        self.groups
    }
}
