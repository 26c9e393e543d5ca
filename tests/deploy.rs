//! What is shipped beside the program: the image, the examples for running it, the changelog.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/skipped.rs"]
mod skipped;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

const DOCKERFILE: &str = include_str!("../Dockerfile");
const COMPOSE: &str = include_str!("../config/deploy/compose.yaml");
const KUBERNETES: &str = include_str!("../config/deploy/kubernetes.yaml");
const KUBERNETES_MIGRATE: &str = include_str!("../config/deploy/kubernetes-migrate.yaml");
const UNIT: &str = include_str!("../config/deploy/accountcreator.service");
const PROGRAM: &str = env!("CARGO_BIN_EXE_accountcreator");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A folder with every secret that the examples mount.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        let pair =
            rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
        let certificate = rcgen::CertificateParams::default().self_signed(&pair).unwrap();
        machine.write("key.pem", &pair.serialize_pem());
        machine.write("certificate.pem", &certificate.pem());
        machine.write("secret-key", "k1Zp7Vx0QdT4mB9sJ3uWc6Yf2LhN8aRe5GgXoPiEtUw=\n");
        machine.write("smtp-password", "a password\n");
        machine.write("database-url", "postgres://signup:secret@db.example.edu/signup\n");
        machine
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    /// The text with its secrets here.
    fn here(&self, text: &str, secrets: &str) -> String {
        text.replace(secrets, self.0.path().to_str().unwrap())
    }

    /// Runs the program with this file and these variables, and no others.
    fn run<'v>(
        &self,
        arguments: &[&str],
        config: &str,
        variables: impl IntoIterator<Item = &'v (String, String)>,
    ) -> String {
        self.write("config.toml", config);
        let mut command = Command::new(PROGRAM);
        command.args(arguments).env_clear().envs(variables.into_iter().map(|(name, value)| (name, value)));
        command.args(["--config", "config.toml"]).current_dir(self.0.path());
        let Output { status, stdout, stderr } = command.output().unwrap();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }
}

/// The instructions of a stage of the Dockerfile, each on one line; the last stage is the image.
fn stages() -> Vec<Vec<(String, String)>> {
    let text = DOCKERFILE.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    let text = text.replace("\\\n", " ");
    let mut stages = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (name, rest) = line.split_once(' ').unwrap();
        if name == "FROM" {
            stages.push(Vec::new());
        }
        stages
            .last_mut()
            .unwrap()
            .push((name.to_owned(), rest.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    stages
}

/// All of the image's instructions of this name.
fn image(name: &str) -> Vec<String> {
    let image = stages().pop().unwrap();
    image.into_iter().filter(|(instruction, _)| instruction == name).map(|(_, rest)| rest).collect()
}

/// The variables that the image sets.
fn image_variables() -> Vec<(String, String)> {
    let pairs = image("ENV").join(" ");
    let pairs = pairs.split_whitespace().map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The command line that an instruction has in its exec form, which needs no shell.
fn exec(instruction: &str) -> Vec<String> {
    serde_json::from_str(instruction).unwrap_or_else(|error| panic!("{instruction}: {error}"))
}

#[test]
fn the_image_has_neither_shell_nor_root() {
    let stages = stages();
    let (image_stage, building) = stages.split_last().unwrap();
    assert_eq!(image_stage[0], ("FROM".to_owned(), "scratch".to_owned()));
    assert!(image("RUN").is_empty(), "there is nothing in it that could run a command");
    for stage in building {
        let base = &stage[0].1;
        let tag = base.split_once(':').unwrap().1;
        assert!(base.starts_with("--platform=$BUILDPLATFORM "), "{base}: nothing is emulated");
        assert!(
            tag.starts_with(|c: char| c.is_ascii_digit()) && tag.contains('-'),
            "{base} has no pinned tag"
        );
    }
    assert!(!DOCKERFILE.contains("x86_64-linux-gnu/"), "no path is of one machine");
    let user = image("USER").pop().unwrap();
    let ids: Vec<u32> = user.split(':').map(|id| id.parse().expect("numeric")).collect();
    assert!(ids.len() == 2 && ids.iter().all(|id| *id > 0), "{user}");
}

/// Owner and mode of a file or folder in the image.
type Attributes = (String, u32);

/// The files and folders that the COPY instructions make of the build stage at `stage`.
///
/// A folder that exists keeps its owner and its mode (moby/buildkit#2414). Folders that lead to the destination are
/// created as the instruction's owner.
fn copied(stage: &Path) -> BTreeMap<PathBuf, Attributes> {
    let mut files = BTreeMap::from([(PathBuf::from("/"), ("0:0".to_owned(), 0o755))]);
    for copy in image("COPY") {
        let (flags, paths): (Vec<&str>, Vec<&str>) = copy.split(' ').partition(|word| word.starts_with("--"));
        let owner = flags.iter().find_map(|flag| flag.strip_prefix("--chown=")).unwrap_or("0:0");
        let [source, destination] = paths[..] else { panic!("COPY {copy}") };
        assert!(flags.contains(&"--from=build") && source.ends_with('/'), "COPY {copy}");
        let parents = Path::new(destination).ancestors().map(|parent| (parent.to_owned(), 0o755));
        let source = stage.join(source.trim_matches('/'));
        let content = below(&source).into_iter().map(|path| {
            let mode = fs::symlink_metadata(&path).unwrap().permissions().mode() & 0o7777;
            (Path::new(destination).join(path.strip_prefix(&source).unwrap()), mode)
        });
        for (path, mode) in parents.chain(content) {
            files.entry(path).or_insert_with(|| (owner.to_owned(), mode));
        }
    }
    files
}

/// All that is in a folder and in its folders.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            let content = if path.is_dir() { below(&path) } else { Vec::new() };
            [path].into_iter().chain(content)
        })
        .collect()
}

#[test]
fn the_user_of_the_image_can_write_its_volume_and_nothing_else() {
    let stage = tempfile::tempdir().unwrap();
    let root = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/image-root"))
        .arg(PROGRAM)
        .arg(stage.path().join("image"))
        .status();
    assert!(root.unwrap().success());
    let files = copied(stage.path());
    let user = image("USER").pop().unwrap();
    let folder = PathBuf::from(image("WORKDIR").pop().unwrap());
    assert_eq!(exec(&image("VOLUME")[0]), [folder.to_str().unwrap()]);
    assert_eq!(files[&folder], (user.clone(), 0o700), "{}", folder.display());
    for parent in folder.ancestors().skip(1) {
        assert_eq!(files[parent], ("0:0".to_owned(), 0o755), "{}", parent.display());
    }
    let of_user: Vec<_> =
        files.iter().filter(|(_, (owner, _))| *owner == user).map(|(path, _)| path).collect();
    assert_eq!(of_user, [&folder]);
}

#[test]
fn the_image_starts_checks_and_names_itself() {
    assert_eq!(exec(&image("ENTRYPOINT")[0]), ["/usr/bin/accountcreator"]);
    let health = image("HEALTHCHECK").pop().unwrap();
    let health = exec(health.split_once("CMD ").unwrap().1);
    assert_eq!(health[0], "/usr/bin/accountcreator");
    for arguments in [exec(&image("CMD")[0]), health[1..].to_vec()] {
        let help = Command::new(PROGRAM).args(&arguments).arg("--help").output().unwrap();
        assert!(help.status.success(), "{arguments:?} is a command");
    }
    assert!(image("ARG").contains(&format!("VERSION={VERSION}")), "ARG VERSION is Cargo.toml's");
    let labels = image("LABEL").pop().unwrap();
    for label in ["title", "description", "licenses", "version", "revision"] {
        assert!(labels.contains(&format!("org.opencontainers.image.{label}=\"")), "{label}");
    }
    assert!(labels.contains(&format!("licenses=\"{}\"", env!("CARGO_PKG_LICENSE"))));
}

#[test]
fn what_the_build_needs_reaches_it_and_nothing_private() {
    let ignore = include_str!("../.dockerignore");
    let mut lines = ignore.lines();
    assert_eq!(lines.next(), Some("*"), "only what is named");
    let admitted: Vec<&str> = lines.filter_map(|line| line.strip_prefix('!')).collect();
    for name in &admitted {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(name).exists(), "{name}");
    }
    for name in [
        "Cargo.toml",
        "Cargo.lock",
        "src",
        "templates",
        "locales",
        "migrations",
        "static",
        "config/default.toml",
    ] {
        assert!(admitted.contains(&name), "{name}");
    }
    for word in DOCKERFILE.split_whitespace().filter(|word| word.starts_with(".ci/") || word.ends_with(".md"))
    {
        assert!(admitted.contains(&word), "{word}");
    }
    assert!(admitted.iter().all(|name| !["config", ".git", "target", "."].contains(name)));
}

#[test]
fn the_examples_for_compose_are_confined_and_configured() {
    let compose: Value = serde_saphyr::from_str(COMPOSE).unwrap();
    let services = compose["services"].as_object().unwrap();
    for (name, service) in services {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"][0], "ALL", "{name}");
        assert_eq!(service["security_opt"][0], "no-new-privileges:true", "{name}");
        assert!(
            service["image"].as_str().unwrap().split_once(':').is_some_and(|(_, tag)| tag != "latest"),
            "{name}"
        );
        let list = |key: &str| service[key].as_array().cloned().unwrap_or_default();
        for network in list("networks") {
            assert!(compose["networks"].get(network.as_str().unwrap()).is_some(), "{network}");
        }
        for volume in list("volumes") {
            let volume = volume.as_str().unwrap().split(':').next().unwrap().to_owned();
            assert!(compose["volumes"].get(&volume).is_some(), "{volume}");
        }
        for config in list("configs") {
            assert!(compose["configs"].get(config["source"].as_str().unwrap()).is_some(), "{config}");
        }
        for secret in list("secrets") {
            assert!(compose["secrets"].get(secret.as_str().unwrap()).is_some(), "{secret}");
        }
    }
    let service = &services["accountcreator"];
    let migrate = &services["migrate"];
    let condition = &service["depends_on"]["migrate"]["condition"];
    assert_eq!(condition, "service_completed_successfully", "the server starts on a migrated database");
    assert_eq!((&migrate["command"][0], &migrate["restart"]), (&"migrate".into(), &"no".into()));
    assert_eq!(migrate["depends_on"], serde_json::json!({}));
    for same in ["image", "environment", "configs", "secrets", "volumes"] {
        assert_eq!(migrate[same], service[same], "{same}");
    }
    assert_eq!(service["image"], format!("accountcreator:{VERSION}"));
    assert!(service.get("ports").is_none(), "only Caddy is reached from outside");
    let caddyfile = compose["configs"]["Caddyfile"]["content"].as_str().unwrap();
    assert!(caddyfile.contains("reverse_proxy accountcreator:8080"), "{caddyfile}");

    let machine = Machine::new();
    let given = service["environment"].as_object().unwrap().iter().map(|(name, value)| {
        let value =
            value.as_str().unwrap().replace("${DOMAIN:?the address people use}", "signup.example.edu");
        (name.clone(), machine.here(&value, "/run/secrets"))
    });
    let variables: Vec<_> = image_variables().into_iter().chain(given).collect();
    let shown = machine.run(&["config", "show"], include_str!("../config/example.toml"), &variables);
    for (name, _) in &variables {
        assert!(shown.contains(&format!("# from the variable {name}\n")), "{name} counts in {shown}");
    }
    assert!(shown.contains("public_url = \"https://signup.example.edu\""), "{shown}");
}

/// The manifest's objects of a kind.
fn objects(kind: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_saphyr::from_multiple(KUBERNETES).unwrap();
    let found: Vec<_> = all.into_iter().filter(|object| object["kind"] == kind).collect();
    assert!(!found.is_empty(), "{kind}");
    found
}

#[test]
fn the_pods_on_kubernetes_are_restricted() {
    let deployment = &objects("Deployment")[0];
    let pod = &deployment["spec"]["template"]["spec"];
    let [pod_context, container] = [&pod["securityContext"], &pod["containers"][0]];
    assert_eq!(pod_context["runAsNonRoot"], true);
    assert_eq!(pod_context["seccompProfile"]["type"], "RuntimeDefault");
    assert_eq!(Some(format!("{0}:{0}", pod_context["runAsUser"])), image("USER").pop());
    let context = &container["securityContext"];
    assert_eq!(
        (&context["allowPrivilegeEscalation"], &context["readOnlyRootFilesystem"]),
        (&false.into(), &true.into())
    );
    assert_eq!(context["capabilities"]["drop"][0], "ALL");
    assert!(container["resources"]["limits"]["memory"].is_string());
    assert_eq!(pod["automountServiceAccountToken"], false);
    assert_eq!(objects("ServiceAccount")[0]["automountServiceAccountToken"], false);
    assert!(container["image"].as_str().unwrap().ends_with(&format!(":{VERSION}")));
    for (probe, path) in
        [("startupProbe", "/readyz"), ("readinessProbe", "/readyz"), ("livenessProbe", "/livez")]
    {
        assert_eq!(container[probe]["httpGet"]["path"], path);
        assert_eq!(container[probe]["httpGet"]["port"], "http");
    }
    let mounted = container["volumeMounts"].as_array().unwrap().iter().map(|mount| &mount["name"]);
    let volumes = pod["volumes"].as_array().unwrap().iter().map(|volume| &volume["name"]);
    assert_eq!(mounted.collect::<Vec<_>>(), volumes.collect::<Vec<_>>());
}

#[test]
fn the_job_that_migrates_on_kubernetes_runs_as_the_pods_do() {
    let job: Value = serde_saphyr::from_str(KUBERNETES_MIGRATE).unwrap();
    assert_eq!((&job["kind"], &job["spec"]["backoffLimit"]), (&"Job".into(), &0.into()));
    assert!(job["metadata"]["generateName"].is_string(), "it is created anew for each version");
    let deployment = &objects("Deployment")[0];
    let [of_job, of_server] = [&job, deployment].map(|object| &object["spec"]["template"]);
    for same in ["serviceAccountName", "automountServiceAccountToken", "securityContext", "volumes"] {
        assert_eq!(of_job["spec"][same], of_server["spec"][same], "{same}");
    }
    assert_eq!(of_job["spec"]["restartPolicy"], "Never");
    let [migrate, server] = [of_job, of_server].map(|template| &template["spec"]["containers"][0]);
    for same in ["image", "securityContext", "resources", "volumeMounts"] {
        assert_eq!(migrate[same], server[same], "{same}");
    }
    assert_eq!(migrate["args"], serde_json::json!(["migrate"]));
    let labels = &of_job["metadata"]["labels"];
    assert_eq!(&job["metadata"]["labels"], labels);
    assert_ne!(labels, &of_server["metadata"]["labels"], "the service and the budget leave it out");
    let config = objects("ConfigMap")[0]["data"]["config.toml"].as_str().unwrap().to_owned();
    assert!(!config.contains("migrate_on_start"), "replicas that start do not migrate under those that run");
    for line in ["--replicas=0", "wait pod --for=delete --selector=app.kubernetes.io/name=accountcreator "] {
        assert!(KUBERNETES_MIGRATE.contains(line), "{line}");
    }
}

#[test]
fn the_objects_on_kubernetes_find_each_other() {
    let deployment = &objects("Deployment")[0];
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    assert_eq!(&deployment["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(&objects("Service")[0]["spec"]["selector"], labels);
    assert_eq!(&objects("PodDisruptionBudget")[0]["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(&objects("NetworkPolicy")[0]["spec"]["podSelector"]["matchLabels"], labels);
    let backend = &objects("Ingress")[0]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"];
    assert_eq!(backend["name"], objects("Service")[0]["metadata"]["name"]);
    assert_eq!(backend["port"]["name"], objects("Service")[0]["spec"]["ports"][0]["name"]);
}

#[test]
fn the_configuration_on_kubernetes_is_valid_and_has_the_ports_of_the_container() {
    let machine = Machine::new();
    let config = objects("ConfigMap")[0]["data"]["config.toml"].as_str().unwrap().to_owned();
    let config = machine.here(&config, "/run/secrets/accountcreator");
    let shown = machine.run(&["config", "show"], &config, &image_variables());
    let ports = objects("Deployment")[0]["spec"]["template"]["spec"]["containers"][0]["ports"].clone();
    for port in ports.as_array().unwrap() {
        let listen = format!("\nlisten = \"0.0.0.0:{}\"", port["containerPort"]);
        assert!(shown.contains(&listen), "{port} in {shown}");
    }
    let host = objects("Ingress")[0]["spec"]["rules"][0]["host"].as_str().unwrap().to_owned();
    assert!(shown.contains(&format!("public_url = \"https://{host}\"")), "{shown}");
}

#[test]
fn the_changelog_begins_with_this_version() {
    let changelog = include_str!("../CHANGELOG.md");
    let mut versions = changelog.lines().filter_map(|line| line.strip_prefix("## ["));
    let newest = versions.find(|version| *version != "Unreleased]").unwrap();
    let (version, date) = newest.split_once("] - ").unwrap();
    assert_eq!(version, VERSION);
    let is_date = date.len() == 10 && date.chars().all(|c| c.is_ascii_digit() || c == '-');
    assert!(date == "unreleased" || is_date, "{date}");
}

#[test]
fn the_systemd_unit_is_sandboxed() {
    let mut section = "";
    for line in UNIT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with('[') {
            assert!(["[Unit]", "[Service]", "[Install]"].contains(&line), "{line}");
            section = line;
        } else {
            let (key, _) = line.split_once('=').unwrap_or_else(|| panic!("{line} is no setting"));
            assert!(!section.is_empty() && key.chars().all(char::is_alphanumeric), "{line}");
        }
    }
    assert!(UNIT.contains("\nExecStart=/usr/bin/accountcreator serve\n"));
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("accountcreator.service");
    fs::write(&file, UNIT).unwrap();
    if !systemd_can_rate_files() {
        return skipped::skip("SYSTEMD_ANALYZE", "there is no systemd-analyze from version 250 on");
    }
    // The threshold is in tenths: each version rates a little differently.
    let rating = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=20", "--no-pager"])
        .arg(file)
        .output()
        .unwrap();
    let said = [rating.stdout, rating.stderr].concat();
    assert!(rating.status.success(), "{}", String::from_utf8_lossy(&said));
}

/// Not every machine has systemd, and before version 250 it rates only what is installed.
fn systemd_can_rate_files() -> bool {
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else { return false };
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let number = version.split_whitespace().nth(1).and_then(|number| number.parse::<u32>().ok());
    number.is_some_and(|number| number >= 250)
}
