//! `serve` on sockets: in the file system, passed on by systemd, and what it tells systemd.

use std::{
    net::TcpListener,
    os::{
        fd::OwnedFd,
        unix::net::{UnixDatagram, UnixListener, UnixStream},
    },
    process::Command,
    time::Duration,
};

use crate::{
    serve::Serving,
    support::{Installation, Ran},
};

/// An installation that listens on a socket in its folder, and what the log calls it.
fn on_a_socket() -> (Installation, String) {
    let installation = Installation::migrated();
    let place = format!("unix:{}", installation.path("http.sock").display());
    let (port, text) = (format!("127.0.0.1:{}", installation.port), installation.valid());
    installation.configure(&text.replace(&port, &place));
    (installation, place)
}

#[test]
fn it_serves_on_a_socket_and_takes_it_away_in_the_end() {
    let (installation, place) = on_a_socket();
    let serve = || Serving::run(&mut installation.command(&["serve"]), &place);
    let serving = serve();
    installation.run(&["health"]).assert_code(0);
    let other = installation.run(&["serve"]);
    other.assert_code(1);
    assert!(other.err.starts_with("error: another process listens on /"), "{}", other.err);

    serving.end_by_force();
    assert!(UnixStream::connect(installation.path("http.sock")).is_err(), "the dead leave theirs behind");
    let serving = serve();
    installation.run(&["health"]).assert_code(0);
    assert_eq!(serving.end_by("TERM").0, Some(0));
    assert!(!installation.path("http.sock").exists());
    let gone = installation.run(&["health"]);
    gone.assert_code(1);
    assert!(gone.err.contains(&format!("nothing answers at {place}")), "{}", gone.err);
}

/// The command with this socket passed on to it as systemd does: a shell has it moved to where it belongs.
fn passing(installation: &Installation, socket: OwnedFd) -> Command {
    let serve = installation.command(&["serve"]);
    let mut command = Command::new("/bin/sh");
    let script = "exec 3<&0 0</dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\" \"$@\"";
    command.args(["-c", script]).arg(serve.get_program()).args(serve.get_args());
    command.env_clear().envs(serve.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(serve.get_current_dir().unwrap()).stdin(socket);
    command
}

#[test]
fn a_socket_that_is_passed_on_is_served_and_left_there() {
    let (installation, place) = on_a_socket();
    let socket = UnixListener::bind(installation.path("http.sock")).unwrap();
    let serving = Serving::run(&mut passing(&installation, socket.try_clone().unwrap().into()), &place);
    installation.run(&["health"]).assert_code(0);
    assert_eq!(serving.end_by("TERM").0, Some(0));
    let _waits = UnixStream::connect(installation.path("http.sock")).unwrap();
    drop(socket);

    let installation = Installation::migrated();
    let socket = TcpListener::bind(("127.0.0.1", installation.port)).unwrap();
    let place = socket.local_addr().unwrap().to_string();
    let serving = Serving::run(&mut passing(&installation, socket.into()), &place);
    installation.run(&["health"]).assert_code(0);
    assert_eq!(serving.end_by("INT").0, Some(0));

    let datagrams = UnixDatagram::bind(installation.path("wrong.sock")).unwrap();
    let ran = Ran::of(&passing(&installation, datagrams.into()).output().unwrap());
    ran.assert_code(1);
    assert!(ran.err.contains("write ListenStream= into the .socket unit"), "{}", ran.err);
}

#[test]
fn systemd_is_told_how_it_is() {
    let installation = Installation::migrated();
    let path = installation.path("notify.sock");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let told = || {
        let mut message = [0; 256];
        let length = manager.recv(&mut message).unwrap();
        String::from_utf8(message[..length].to_vec()).unwrap()
    };
    let mut command = installation.command(&["serve"]);
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "3600000000");
    let serving = Serving::run(&mut command, "127.0.0.1:");
    assert_eq!(told().trim(), "READY=1");
    assert_eq!(told().trim(), "WATCHDOG=1");
    serving.signal("HUP");
    let reloading = told();
    let (word, time) = reloading.trim().split_once("\nMONOTONIC_USEC=").unwrap();
    assert!(word == "RELOADING=1" && time.parse::<u64>().unwrap() > 0, "{reloading}");
    assert_eq!(told().trim(), "READY=1");
    assert_eq!(serving.end_by("TERM").0, Some(0));
    assert_eq!(told().trim(), "STOPPING=1");
}
