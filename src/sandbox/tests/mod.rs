//! The sandbox, driven over the network as clients drive it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod applications;
mod batch;
mod bed;
mod control;
mod faults;
mod groups;
mod https;
mod licenses;
mod permissions;
mod send_mail;
mod sign_in;
mod smtp;
mod throttle;
mod token;
mod users;
mod users_list;
mod xoauth2;
