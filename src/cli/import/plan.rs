//! The files that settings and texts of the original lead to, and the parts that are left. Nothing is written here.

use std::path::{Path, PathBuf};

use anyhow::Context;
use zeroize::Zeroizing;

use super::{
    args::OriginalArgs,
    files::{NewFile, Outcome},
    report::{LeftLine, LeftText},
    settings::{self, Converted},
    texts::{self, Translations},
};
use crate::config;

/// The name of the files of texts, in the folder of each language.
const TEXTS_FILE: &str = "original.ftl";

/// The files to be made, and the messages to be shown.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) files: Vec<NewFile>,
    /// The new configuration with its secrets, or the one that is there in its place.
    pub(super) configuration: Option<Zeroizing<String>>,
    pub(super) left_settings: Vec<LeftLine>,
    pub(super) left_texts: Vec<LeftText>,
    pub(super) to_do: Vec<String>,
}

impl Plan {
    pub(super) fn of(args: &OriginalArgs) -> anyhow::Result<Self> {
        let output = std::path::absolute(&args.output)?;
        let folder = output.parent().unwrap_or(Path::new("/")).to_owned();
        let mut plan = Self::default();
        let texts = args.texts.as_deref().map(texts::read).transpose()?;
        let texts_folder = texts.as_ref().map(|_| folder.join("texts"));
        if let Some(file) = &args.settings {
            let source = config::read_bytes(file, config::MAX_TEXT_BYTES)
                .with_context(|| format!("cannot read {}", file.display()))?;
            let source =
                String::from_utf8(source).with_context(|| format!("{} is not UTF-8", file.display()))?;
            plan.settings(&settings::convert(&source, texts_folder.as_deref()), output, &folder)?;
        }
        if let (Some(texts), Some(folder)) = (texts, texts_folder) {
            if args.settings.is_none() {
                plan.to_do.push(format!(
                    "texts.dir: write {:?} into the configuration",
                    folder.display().to_string()
                ));
            }
            plan.texts(texts, &folder);
        }
        Ok(plan)
    }

    fn settings(&mut self, converted: &Converted, output: PathBuf, folder: &Path) -> anyhow::Result<()> {
        for secret in converted.document.secrets() {
            let text = Zeroizing::new(format!("{}\n", *secret.text));
            self.files.push(NewFile { path: folder.join(secret.file), text, secret: true });
        }
        let file =
            NewFile { path: output, text: Zeroizing::new(converted.document.kept(folder)), secret: false };
        let whole = if file.look()? == Outcome::Kept {
            Zeroizing::new(config::read_text(&file.path)?)
        } else {
            converted.document.whole()
        };
        self.files.push(file);
        if let Err(faults) = config::from_toml(&whole) {
            let faults =
                faults.iter().map(|fault| format!("{}: {}; {}", fault.key, fault.problem, fault.remedy));
            self.to_do.extend(faults);
        }
        self.configuration = Some(whole);
        self.left_settings = converted.given.left.iter().map(LeftLine::of).collect();
        Ok(())
    }

    fn texts(&mut self, texts: Translations, folder: &Path) {
        for language in &texts.languages {
            let path = folder.join(&language.tag).join(TEXTS_FILE);
            if language.further {
                let problem = "write the name of the language in the language itself as `language-name`";
                self.to_do.push(format!("{}: {problem}", path.display()));
            }
            self.files.push(NewFile { path, text: Zeroizing::new(language.file()), secret: false });
        }
        self.left_texts = texts.left.into_iter().map(LeftText::of).collect();
    }
}
