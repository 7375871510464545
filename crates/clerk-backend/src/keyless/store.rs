//! Where the keys are kept between starts.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clerk_core::{InstanceType, PublishableKey, SecretKey};
use clerk_http::{Runtime, SharedRuntime};
use clerk_types::models::AccountlessApplication;

use super::{KeylessError, KeylessErrorKind};

const FOLDER: &str = ".clerk";
const PRIVATE_FOLDER: &str = ".tmp";
const KEYS: &str = "keyless.json";
const LOCK: &str = "clerk.lock";
const README: &str = "This folder holds the keys of an application that Clerk made for development without an account.\n\
They are secret: do not commit them. Once the application is claimed and its keys are configured, the folder can go.\n";

/// No file of ours is larger, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// A lock this old belongs to a process that died: no call takes so long.
const STALE: Duration = Duration::from_secs(60);

/// Between two looks at the lock.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks at the lock before giving up: longer than a lock can be without being stale.
const LOOKS: u32 = 1600;

/// An application made for development without an account.
#[derive(Clone)]
pub struct KeylessApplication {
    publishable_key: PublishableKey,
    secret_key: SecretKey,
    claim_url: String,
    api_keys_url: String,
    model: AccountlessApplication,
}

impl KeylessApplication {
    /// Checks an answer or a file: both keys, and both of a development instance.
    pub(super) fn new(model: &AccountlessApplication) -> Result<Self, KeylessError> {
        let unusable = |what: &'static str| KeylessError::new(KeylessErrorKind::Unusable, what);
        let publishable_key = PublishableKey::parse(&model.publishable_key)
            .map_err(|_| unusable("the publishable key is none"))?;
        let secret_key = SecretKey::new(model.secret_key.expose())
            .map_err(|_| unusable("the secret key is none"))?;
        let is_development = publishable_key.instance_type().is_development()
            && secret_key
                .instance_type()
                .is_some_and(InstanceType::is_development);
        if !is_development {
            return Err(unusable("the keys are not those of a development instance"));
        }
        Ok(Self {
            publishable_key,
            secret_key,
            claim_url: model.claim_url.clone(),
            api_keys_url: model.api_keys_url.clone(),
            model: model.clone(),
        })
    }

    /// The publishable key.
    #[must_use]
    pub fn publishable_key(&self) -> &PublishableKey {
        &self.publishable_key
    }

    /// The secret key.
    #[must_use]
    pub fn secret_key(&self) -> &SecretKey {
        &self.secret_key
    }

    /// Where a person takes the application over. Whoever has this address can.
    #[must_use]
    pub fn claim_url(&self) -> &str {
        &self.claim_url
    }

    /// Where the keys can be seen once it is claimed.
    #[must_use]
    pub fn api_keys_url(&self) -> &str {
        &self.api_keys_url
    }

    pub(super) fn has_keys(&self, key: &PublishableKey, secret: &SecretKey) -> bool {
        self.publishable_key.as_str() == key.as_str() && self.secret_key.expose() == secret.expose()
    }
}

impl fmt::Debug for KeylessApplication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The claim URL gives the application away.
        f.debug_struct("KeylessApplication")
            .field("publishable_key", &self.publishable_key.as_str())
            .finish_non_exhaustive()
    }
}

/// The files of a project's folder.
#[derive(Debug)]
pub(super) struct Store {
    folder: PathBuf,
}

/// Held while an application is made; gives way when dropped.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // If it cannot be removed it goes stale.
        let _ = fs::remove_file(&self.path);
    }
}

impl Store {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn private(&self) -> PathBuf {
        self.folder.join(FOLDER).join(PRIVATE_FOLDER)
    }

    fn keys(&self) -> PathBuf {
        self.private().join(KEYS)
    }

    /// What is stored; none if nothing is.
    pub(super) fn read(&self) -> Result<Option<KeylessApplication>, KeylessError> {
        let failed = |error| KeylessError::files("its file cannot be read", error);
        let file = match File::open(self.keys()) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        close_to_others(&file).map_err(failed)?;
        let mut text = String::new();
        file.take(MAX_FILE)
            .read_to_string(&mut text)
            .map_err(failed)?;
        let model: AccountlessApplication = serde_json::from_str(&text).map_err(|_| {
            let what = ".clerk/.tmp/keyless.json does not hold an application; delete it";
            KeylessError::new(KeylessErrorKind::Unusable, what)
        })?;
        KeylessApplication::new(&model).map(Some)
    }

    /// Waits until no other process is making an application.
    pub(super) async fn lock(&self, runtime: &SharedRuntime) -> Result<Lock, KeylessError> {
        let failed = |error| KeylessError::files("its lock cannot be made", error);
        let path = self.folder.join(LOCK);
        for _ in 0..LOOKS {
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(_) => return Ok(Lock { path }),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(error)),
            }
            let made = fs::metadata(&path).and_then(|found| found.modified());
            let is_stale = made.is_ok_and(|made| {
                SystemTime::now()
                    .duration_since(made)
                    .is_ok_and(|age| age > STALE)
            });
            if is_stale {
                // Two processes may both come to this; what they store is one thing all the same.
                let _ = fs::remove_file(&path);
            } else {
                runtime.sleep(PAUSE).await;
            }
        }
        Err(KeylessError::new(
            KeylessErrorKind::Busy,
            "another process has been making them for too long; delete clerk.lock if there is none",
        ))
    }

    /// Stores an application, unless another was stored meanwhile: then that one counts.
    pub(super) fn keep(
        &self,
        made: KeylessApplication,
    ) -> Result<KeylessApplication, KeylessError> {
        let failed = |error| KeylessError::files("its file cannot be written", error);
        let text = serde_json::to_string_pretty(&made.model)
            .map_err(|error| failed(std::io::Error::other(error)))?;
        self.prepare().map_err(failed)?;
        // A file appears whole or not at all.
        let draft = self
            .private()
            .join(format!("{KEYS}.{}", std::process::id()));
        let _ = fs::remove_file(&draft);
        let written =
            write_private(&draft, &text).and_then(|()| fs::hard_link(&draft, self.keys()));
        let _ = fs::remove_file(&draft);
        match written {
            Ok(()) => Ok(made),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.read().map(|stored| stored.unwrap_or(made))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// The folder with its README, and the entry that keeps it out of the repository.
    fn prepare(&self) -> std::io::Result<()> {
        let private = self.private();
        fs::create_dir_all(&private)?;
        fs::write(private.join("README.md"), README)?;
        let path = self.folder.join(".gitignore");
        let ignored = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let is_there = |line: &str| matches!(line.trim().trim_matches('/'), FOLDER);
        if ignored.lines().any(is_there) {
            return Ok(());
        }
        let break_before = if ignored.is_empty() || ignored.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        write!(
            file,
            "{break_before}# Keys of Clerk's keyless mode.\n/{FOLDER}/\n"
        )
    }
}

/// Writes a new file that nobody else can read.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Takes rights away from others that they should not have.
#[cfg(unix)]
fn close_to_others(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut rights = file.metadata()?.permissions();
    if rights.mode() & 0o077 != 0 {
        rights.set_mode(0o600);
        file.set_permissions(rights)?;
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on unix")]
fn close_to_others(_: &File) -> std::io::Result<()> {
    Ok(())
}
