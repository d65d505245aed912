//! The key of a provider, which may change while a worker runs.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

/// How often a key's file is looked at. Access tokens live for an hour.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// A key that no HTTP header can hold.
#[derive(Debug)]
pub(crate) struct UnusableKey;

/// A key with the header that carries it. Its `Debug` shows no key.
#[derive(Debug)]
pub(crate) struct Key {
    header: HeaderName,
    file: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    current: SecretString,
    /// Marked as sensitive: its `Debug` shows no key.
    value: HeaderValue,
    /// Answers to calls that were sent with it may still come.
    previous: Option<SecretString>,
    modified_at: Option<SystemTime>,
    looked_at: Instant,
}

impl Key {
    /// A key for this header; where it came from a file, a newer one is taken from there.
    pub(crate) fn new(
        header: HeaderName,
        key: SecretString,
        file: Option<PathBuf>,
    ) -> Result<Self, UnusableKey> {
        let modified_at = file.as_deref().and_then(modified_at);
        let value = header_value(&header, &key)?;
        let looked_at = Instant::now();
        let state = State { current: key, value, previous: None, modified_at, looked_at };
        Ok(Self { header, file, state: Mutex::new(state) })
    }

    /// What is sent now.
    pub(crate) fn header(&self) -> (HeaderName, HeaderValue) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &self.file
            && state.looked_at.elapsed() >= LOOK_INTERVAL
        {
            state.looked_at = Instant::now();
            self.look(file, &mut state);
        }
        (self.header.clone(), state.value.clone())
    }

    /// What must be in nothing that is kept: the key, and the one before it.
    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(state.current.clone()).chain(state.previous.clone()).collect()
    }

    /// Takes a newer key. One that is half written or unusable is left for the next look.
    fn look(&self, file: &Path, state: &mut State) {
        let modified_at = modified_at(file);
        if modified_at == state.modified_at {
            return;
        }
        let Ok(text) = std::fs::read_to_string(file) else { return };
        let key = SecretString::from(text.trim().to_owned());
        if let Ok(value) = header_value(&self.header, &key) {
            state.previous = Some(std::mem::replace(&mut state.current, key));
            state.value = value;
            state.modified_at = modified_at;
        }
    }
}

fn modified_at(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|found| found.modified()).ok()
}

fn header_value(header: &HeaderName, key: &SecretString) -> Result<HeaderValue, UnusableKey> {
    let key = key.expose_secret().trim();
    // A key with a line break would be two headers; an empty one hides a wrong variable.
    if key.is_empty() {
        return Err(UnusableKey);
    }
    let value = if header == http::header::AUTHORIZATION { format!("Bearer {key}") } else { key.to_owned() };
    let mut value = HeaderValue::from_str(&value).map_err(|_| UnusableKey)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant, SystemTime};

    use secrecy::ExposeSecret;

    use super::{Key, LOOK_INTERVAL};

    #[test]
    fn a_newer_key_in_the_file_is_sent_and_the_one_before_stays_secret() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        std::fs::write(&path, "old-key").unwrap();
        let key = Key::new(http::header::AUTHORIZATION, "old-key".into(), Some(path.clone())).unwrap();
        assert_eq!(key.header().1, "Bearer old-key");

        std::fs::write(&path, " new-key\n").unwrap();
        let later = SystemTime::now() + Duration::from_secs(10);
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
        // As if the interval had passed.
        key.state.lock().unwrap().looked_at = Instant::now().checked_sub(LOOK_INTERVAL).unwrap();
        assert_eq!(key.header().1, "Bearer new-key");
        let secrets = key.secrets();
        let secrets: Vec<&str> = secrets.iter().map(|secret| secret.expose_secret()).collect();
        assert_eq!(secrets, ["new-key", "old-key"]);
        assert!(!format!("{key:?}").contains("new-key"));
    }
}
