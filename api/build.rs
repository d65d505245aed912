//! Says which bundles of `web/` are there to be embedded, and sees to their folders.

use std::{fs, io, path::Path, time::SystemTime};

fn main() -> io::Result<()> {
    for name in ["app", "graphiql"] {
        look_for(name)?;
    }
    Ok(())
}

/// Sets the `cfg` of the bundle's name where Vite built it.
fn look_for(name: &str) -> io::Result<()> {
    let bundle = Path::new("../web/dist").join(name);
    println!("cargo::rerun-if-changed={}", bundle.display());
    println!("cargo::rustc-check-cfg=cfg({name})");
    if bundle.join("index.html").is_file() {
        println!("cargo::rustc-cfg={name}");
    } else {
        // Embedding needs a folder, and building needs no npm.
        fs::create_dir_all(&bundle)?;
        // A folder younger than this run would look changed, and be the reason to compile again.
        // Where a folder's time cannot be set, that happens once.
        let _ = fs::File::open(&bundle).and_then(|folder| folder.set_modified(SystemTime::UNIX_EPOCH));
    }
    Ok(())
}
