use photure_domain::photo::{Photo, PhotoEdit};
use photure_domain::{PhotoId, UserId};

use super::text::{DESCRIPTION_CHARS, TITLE_CHARS, written};
use super::{Expected, Library};
use crate::error::GalleryError;

impl Library {
    pub(crate) async fn edit(
        &self,
        owner: UserId,
        id: PhotoId,
        edit: PhotoEdit,
        expected: &Expected,
    ) -> Result<Photo, GalleryError> {
        let edit = checked(edit)?;
        let expected = self.expected_revision(owner, id, expected).await?;
        Ok(self.photos.edit(owner, id, edit, expected).await?)
    }
}

fn checked(edit: PhotoEdit) -> Result<PhotoEdit, GalleryError> {
    let mut faults = Vec::new();
    let mut text = |path, text: Option<Option<String>>, max_chars| {
        text.map(|text| {
            written(path, text, max_chars).unwrap_or_else(|fault| {
                faults.push(fault);
                None
            })
        })
    };
    let title = text("title", edit.title, TITLE_CHARS);
    let description = text("description", edit.description, DESCRIPTION_CHARS);
    if faults.is_empty() {
        Ok(PhotoEdit {
            title,
            description,
            ..edit
        })
    } else {
        Err(GalleryError::Invalid(faults))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_named() {
        let edit = PhotoEdit {
            title: Some(Some("x".repeat(201))),
            description: Some(Some("\u{0}".into())),
            favorite: None,
        };
        let Err(GalleryError::Invalid(faults)) = checked(edit) else {
            panic!("taken")
        };
        assert_eq!(
            faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(),
            ["title", "description"]
        );
    }
}
