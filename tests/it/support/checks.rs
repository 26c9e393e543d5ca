//! What must be true of the tenant, the mails and the record in the end.

use accountcreator::{
    domain::Stage,
    sandbox::{Mail, STUDENT_SKU, SignIn, UserState},
};

use super::{MessageId, Student, TestApp, password_in, principal_in};

impl TestApp {
    /// Exactly one complete account for this student, and the password that was mailed opens it.
    pub fn assert_one_account(&self, student: &Student) -> UserState {
        let mails = self.sandbox.mails_to(&student.email);
        let password_mails: Vec<&Mail> =
            mails.iter().filter(|mail| mail.message_id_says("send-password")).collect();
        assert!(!password_mails.is_empty(), "{} was mailed no password", student.email);
        let name = principal_in(password_mails[0]);
        let state = self.sandbox.state();
        let user = state.user(&name).unwrap_or_else(|| panic!("there is no user {name}")).clone();
        assert_eq!(user.licenses, vec![STUDENT_SKU], "licences of {name}");
        for (place, group) in state.groups.iter().enumerate() {
            let times = group.members.iter().filter(|member| **member == user.id).count();
            assert_eq!(
                times,
                usize::from(place < self.groups),
                "memberships of {name} in {}",
                group.display_name
            );
        }
        for mail in password_mails {
            assert_eq!(principal_in(mail), name);
            let password = password_in(mail);
            assert!(
                self.sandbox.sign_in(&name, &password).is_right_password(),
                "a mailed password does not open {name}"
            );
        }
        user
    }

    /// The account of this student has the new password that was mailed last, and no other.
    pub async fn assert_renewed(&self, student: &Student) {
        let mails = self.sandbox.mails_to(&student.email);
        let (first, new): (Vec<&Mail>, Vec<&Mail>) = (
            mails.iter().filter(|mail| mail.message_id_says("send-password")).collect(),
            mails.iter().filter(|mail| mail.message_id_says("send-new-password")).collect(),
        );
        let name = principal_in(first[0]);
        let opens = |mail: &Mail| self.sandbox.sign_in(&name, &password_in(mail));
        let last = new.last().unwrap_or_else(|| panic!("{} was mailed no new password", student.email));
        assert_eq!(opens(last), SignIn::MustChangePassword);
        for mail in new.iter().filter(|mail| mail.message_id == last.message_id) {
            assert_eq!(password_in(mail), password_in(last), "the same mail again");
        }
        assert_eq!(opens(first[0]), SignIn::WrongPassword);
        assert_eq!(principal_in(last), name);
        let signup = self.signup_of(student).await;
        assert_eq!((signup.stage, signup.sealed.is_some()), (Stage::Done, false));
        assert_eq!(self.users().len(), 1);
        assert!(self.store.count_waiting_by_tenant().await.unwrap().is_empty(), "nothing is left to do");
    }

    /// The mail of this kind to this student, of which there may be copies.
    pub fn only_mail(&self, student: &Student, kind: &str) -> Mail {
        let mails = self.sandbox.mails_to(&student.email);
        let mut copies = mails.into_iter().filter(|mail| mail.message_id_says(kind));
        let mail = copies.next().unwrap_or_else(|| panic!("{} was mailed no {kind}", student.email));
        for copy in copies {
            let contents =
                |mail: &Mail| [mail.message_id.clone(), Some(mail.text.clone()), mail.html.clone()];
            assert_eq!(contents(&copy), contents(&mail), "the same mail again");
        }
        mail
    }

    /// One account each, nothing else in the tenant, and nothing left to do or to keep.
    pub async fn assert_accounts(&self, students: &[Student]) {
        for student in students {
            self.assert_one_account(student);
            let signup = self.signup_of(student).await;
            let state = (signup.stage, signup.name.is_some(), signup.sealed.is_some());
            assert_eq!(state, (Stage::Done, false, false), "stage, name and password of {}", student.email);
        }
        let state = self.sandbox.state();
        assert_eq!(state.users.len(), students.len(), "users of the tenant");
        assert!(state.deleted.is_empty(), "no user is made and thrown away");
        let seats = state.skus.iter().map(|sku| sku.consumed as usize).sum::<usize>();
        assert_eq!(seats, students.len(), "seats taken");
        assert!(self.store.count_waiting_by_tenant().await.unwrap().is_empty(), "nothing is left to do");
    }
}
