//! Files: written whole or not at all; and what to do when one cannot be read or written.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "kinds of errors are many, and those of the standard library"
)]

use std::collections::BTreeMap;
use std::fs::{self, Metadata, OpenOptions};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use crate::Failure;

/// Reads a file.
///
/// # Errors
///
/// The file cannot be read.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        let reason = match error.kind() {
            ErrorKind::NotFound => "does not exist; check the path".into(),
            _ => format!("cannot be read: {}", reason(&error)),
        };
        Failure::new(format!("`{}`: {reason}", path.display()))
    })
}

/// Writes a file.
///
/// # Errors
///
/// The file cannot be written; what was there before is as it was.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    write_all(&[(path.to_owned(), text.to_owned())].into())
}

/// Writes files, all or none: each beside its place first, and then moved there.
///
/// # Errors
///
/// One of them cannot be written.
pub(crate) fn write_all(files: &BTreeMap<PathBuf, String>) -> Result<(), Failure> {
    let mut staged = Vec::new();
    for (path, text) in files {
        staged.push(Staged::new(path, text)?);
    }
    staged.into_iter().try_for_each(Staged::put)
}

/// Removes a file.
///
/// # Errors
///
/// It cannot be removed.
pub(crate) fn remove(path: &Path) -> Result<(), Failure> {
    fs::remove_file(path).map_err(|error| {
        let (path, reason) = (path.display(), reason(&error));
        Failure::new(format!("`{path}`: cannot be removed: {reason}"))
    })
}

/// Makes a folder, and those above it.
///
/// # Errors
///
/// It cannot be made.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| {
        let reason = match error.kind() {
            ErrorKind::AlreadyExists => "there is a file of this name; name a folder".into(),
            _ => reason(&error),
        };
        let path = path.display();
        Failure::new(format!("folder `{path}`: cannot be made: {reason}"))
    })
}

/// Tells whether a file can be written, and leaves no trace: asked before what cannot be undone.
///
/// # Errors
///
/// It cannot be.
pub(crate) fn can_write(path: &Path) -> Result<(), Failure> {
    Staged::new(path, "").map(drop)
}

/// The same of a file in a folder that may have to be made.
///
/// # Errors
///
/// It cannot be made, or written to.
pub(crate) fn can_write_in(folder: &Path) -> Result<(), Failure> {
    let there = |it: &&Path| it.exists();
    match folder.ancestors().find(there) {
        Some(above) if !above.is_dir() => make_folder(folder),
        above => {
            let above = above.unwrap_or(Path::new("."));
            let probe = temporary(&above.join("sync"));
            fs::write(&probe, "").map_err(|error| failed(folder, &error))?;
            let _ = fs::remove_file(probe);
            Ok(())
        }
    }
}

/// A file that is not yet where it belongs.
struct Staged {
    place: PathBuf,
    text: String,
    /// Where it is until then; nowhere when nothing can be written beside its place, or when that is
    /// no regular file.
    beside: Option<PathBuf>,
}

impl Staged {
    fn new(path: &Path, text: &str) -> Result<Self, Failure> {
        let mut staged = Self {
            // What a link leads to is written, not the link.
            place: fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()),
            text: text.to_owned(),
            beside: None,
        };
        let there = fs::metadata(&staged.place).ok();
        // A file beside it could be written, and not be moved there.
        if there.is_none() && path.to_string_lossy().ends_with(std::path::is_separator) {
            return Err(failed(path, &ErrorKind::IsADirectory.into()));
        }
        if let Some(there) = &there {
            // Whoever may not write to it may not replace it either.
            let open = OpenOptions::new().append(true).open(&staged.place);
            open.map_err(|error| failed(path, &error))?;
            if !there.is_file() {
                return Ok(staged);
            }
        }
        let beside = staged.beside.insert(temporary(&staged.place)).clone();
        let outcome = fs::write(&beside, text).and_then(|()| match &there {
            Some(there) => like(&beside, there),
            None => Ok(()),
        });
        match outcome {
            Ok(()) => Ok(staged),
            Err(error) if there.is_some() && error.kind() == ErrorKind::PermissionDenied => {
                staged.forget();
                Ok(staged)
            }
            Err(error) => Err(failed(path, &error)),
        }
    }

    fn put(mut self) -> Result<(), Failure> {
        let outcome = match &self.beside {
            Some(beside) => fs::rename(beside, &self.place),
            None => fs::write(&self.place, &self.text),
        };
        outcome.map_err(|error| failed(&self.place, &error))?;
        self.beside = None;
        Ok(())
    }

    fn forget(&mut self) {
        if let Some(beside) = self.beside.take() {
            let _ = fs::remove_file(beside);
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.forget();
    }
}

fn temporary(place: &Path) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.{}", std::process::id()))
}

/// Gives a new file the rights and the owner of the one that it replaces.
fn like(new: &Path, old: &Metadata) -> Result<(), Error> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let made = fs::metadata(new)?;
        if (made.uid(), made.gid()) != (old.uid(), old.gid()) {
            chown(new, Some(old.uid()), Some(old.gid()))?;
        }
    }
    fs::set_permissions(new, old.permissions())
}

fn failed(path: &Path, error: &Error) -> Failure {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let reason = match (error.kind(), folder) {
        (ErrorKind::NotFound, Some(folder)) => {
            format!(
                "folder `{}` does not exist; make it first",
                folder.display()
            )
        }
        _ => reason(error),
    };
    Failure::new(format!("`{}`: cannot be written: {reason}", path.display()))
}

/// Says what is wrong, and what to do about it.
pub(crate) fn reason(error: &Error) -> String {
    let told = match error.kind() {
        ErrorKind::PermissionDenied => {
            "permission denied; check the rights on it and its folder, and which user runs this"
        }
        ErrorKind::IsADirectory => "is a folder; name a file",
        ErrorKind::NotADirectory => "a part of its path is a file; check the path",
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only; name another place",
        ErrorKind::StorageFull => "the disk is full; make room, or name another place",
        ErrorKind::QuotaExceeded => "the quota of the user is used up; name another place",
        ErrorKind::InvalidData => "is no text in UTF-8; check the path",
        _ => return error.to_string(),
    };
    told.into()
}
