//! The sources of the configuration, merged in their order.

use std::{
    io,
    path::{Path, PathBuf},
};

use ::config::{Config as Merged, ConfigError, FileFormat, Format, Map, Source, Value};

use super::{
    environment::Environment,
    fault::{Fault, Faults},
    file::read_text,
    original::Original,
};

/// The embedded defaults, which are written nowhere else.
pub(super) const DEFAULTS: &str = include_str!("../../config/default.toml");

/// The origin of a value of the embedded defaults.
pub(super) const DEFAULT_ORIGIN: &str = "the defaults";

/// Names the configuration file when `--config` does not.
const FILE_VARIABLE: &str = "ACCOUNTCREATOR_CONFIG";

/// The files and variables that are read, later ones over earlier ones.
#[derive(Debug)]
pub(super) struct Sources {
    files: Vec<NamedFile>,
    environment: Environment,
    pub(super) original: Original,
}

#[derive(Debug)]
struct NamedFile {
    path: PathBuf,
    must_exist: bool,
}

/// The text of one file.
#[derive(Debug, Clone)]
struct Text {
    origin: String,
    text: String,
}

impl Sources {
    /// The sources of an installed program: the machine's file, the working directory's, the named one, the
    /// environment.
    pub(super) fn of_the_machine(
        explicit: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Self {
        let usual = ["/etc/accountcreator/config.toml", "config/local.toml"];
        Self::new(usual.map(PathBuf::from), explicit, environment)
    }

    pub(super) fn new(
        usual: impl IntoIterator<Item = PathBuf>,
        explicit: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Self {
        let environment: Vec<_> = environment.filter(|(_, value)| !value.is_empty()).collect();
        let in_variable = || environment.iter().find(|(name, _)| name == FILE_VARIABLE);
        let named = explicit.map(Path::to_owned).or_else(|| Some(in_variable()?.1.clone().into()));
        let usual = usual.into_iter().map(|path| NamedFile { path, must_exist: false });
        let named = named.map(|path| NamedFile { path, must_exist: true });
        let original = Original::new(&environment);
        let old = original.file().map(|path| NamedFile { path: path.into(), must_exist: false });
        Self {
            files: old.into_iter().chain(usual).chain(named).collect(),
            environment: Environment::new(environment),
            original,
        }
    }

    /// All sources over the defaults as one tree, each value with its origin.
    pub(super) fn merge(self) -> Result<Value, Faults> {
        self.merge_over(None)
    }

    /// The same with a text between the defaults and the files.
    pub(super) fn merge_over(self, beneath: Option<&str>) -> Result<Value, Faults> {
        let mut texts: Vec<_> = beneath.map(Text::given).into_iter().collect();
        let mut faults = Vec::new();
        for file in &self.files {
            match file.read() {
                Ok(text) => texts.extend(text),
                Err(fault) => faults.push(fault),
            }
        }
        merge(texts, self.environment, self.original, faults)
    }
}

/// One text over the defaults, without files, and these variables over it.
pub(super) fn merge_text(
    text: &str,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Value, Faults> {
    let environment = environment.filter(|(_, value)| !value.is_empty());
    merge(vec![Text::given(text)], Environment::new(environment), Original::default(), Vec::new())
}

fn merge(
    texts: Vec<Text>,
    environment: Environment,
    original: Original,
    mut faults: Vec<Fault>,
) -> Result<Value, Faults> {
    let defaults = Text { origin: DEFAULT_ORIGIN.to_owned(), text: DEFAULTS.to_owned() };
    let mut builder = Merged::builder().add_source(defaults);
    for text in texts {
        match text.collect() {
            Ok(_) => builder = builder.add_source(text),
            Err(error) => faults.push(text.fault(&error)),
        }
    }
    faults.extend(environment.faults());
    if !faults.is_empty() {
        return Err(Faults(faults));
    }
    builder.add_source(environment).add_source(original).build().map(|merged| merged.cache).map_err(|error| {
        Faults(vec![Fault {
            key: "configuration".to_owned(),
            problem: error.to_string(),
            remedy: "correct it".to_owned(),
            origin: None,
        }])
    })
}

impl NamedFile {
    /// The file's text; `None` when the file is absent and not required.
    fn read(&self) -> Result<Option<Text>, Fault> {
        let origin = self.path.display().to_string();
        match read_text(&self.path) {
            Ok(text) => {
                let text = text.strip_prefix('\u{FEFF}').map(ToOwned::to_owned).unwrap_or(text);
                Ok(Some(Text { origin, text }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.must_exist => Ok(None),
            Err(error) => Err(Fault {
                key: origin,
                problem: format!("the file cannot be read ({error})"),
                remedy: "name a readable TOML file".to_owned(),
                origin: None,
            }),
        }
    }
}

impl Text {
    fn given(text: &str) -> Self {
        Self { origin: "the given text".to_owned(), text: text.to_owned() }
    }

    /// The parser's full text quotes the line, which may hold a secret: only its message and the place are shown.
    fn fault(&self, error: &ConfigError) -> Fault {
        let cause = match error {
            ConfigError::FileParse { cause, .. } => cause.downcast_ref::<toml::de::Error>(),
            _ => None,
        };
        let place = cause.and_then(toml::de::Error::span).map_or_else(String::new, |span| {
            let before = self.text.get(..span.start).unwrap_or_default();
            format!(" in line {}", before.matches('\n').count() + 1)
        });
        let message = cause.map_or("it cannot be read", toml::de::Error::message);
        Fault {
            key: self.origin.clone(),
            problem: format!("not TOML{place}: {}", message.replace('\n', ", ")),
            remedy: "correct the line; text stands in double quotes".to_owned(),
            origin: None,
        }
    }
}

impl Source for Text {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        FileFormat::Toml
            .parse(Some(&self.origin), &self.text)
            .map_err(|cause| ConfigError::FileParse { uri: Some(self.origin.clone()), cause })
    }
}
