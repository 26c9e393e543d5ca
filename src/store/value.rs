//! Domain values as the databases store them: text or a number, nothing else.

use std::borrow::Cow;

use crate::domain::{
    AccountId, AddressHash, AlertKind, Attention, FormNonce, LeaseToken, Locale, Needs, ObjectId,
    OperationId, OperationKind, ProcessId, ProfileName, Reason, Sealed, SignInName, SignupId, Stage,
    StepKind, StepState, TenantAlias, Timestamp, UpnDomain, Username, Waiting,
};

/// One argument of a statement.
pub(super) enum Value<'a> {
    Text(Option<Cow<'a, str>>),
    Number(Option<i64>),
}

/// A value that can be an argument of a statement.
pub(super) trait Stored<'a>: Sized {
    fn stored(self) -> Value<'a>;

    /// NULL, of the type that the value has.
    fn absent() -> Value<'a>;
}

/// The arguments of a statement, in the order of its placeholders.
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        [$($crate::store::value::Stored::stored($value)),*]
    };
}
pub(super) use args;

macro_rules! stored_as {
    ($kind:ident: $($type:ty => |$value:ident| $stored:expr;)+) => {$(
        impl<'a> Stored<'a> for $type {
            fn stored(self) -> Value<'a> {
                let $value = self;
                Value::$kind(Some($stored.into()))
            }

            fn absent() -> Value<'a> {
                Value::$kind(None)
            }
        }
    )+};
}

stored_as! { Text:
    &'a str => |text| text;
    String => |text| text;
    Stage => |stage| stage.as_str();
    StepKind => |kind| kind.as_str();
    StepState => |state| state.as_str();
    OperationKind => |kind| kind.as_str();
    Needs => |needs| needs.as_str();
    Waiting => |waiting| waiting.as_str();
    Attention => |attention| attention.as_str();
    AlertKind => |kind| kind.as_str();
    SignupId => |id| id.to_string();
    AccountId => |id| id.to_string();
    ObjectId => |id| id.to_string();
    ProcessId => |id| id.to_string();
    FormNonce => |nonce| nonce.encoded();
    LeaseToken => |token| token.encoded();
    &'a ProfileName => |name| name.as_str();
    &'a TenantAlias => |alias| alias.as_str();
    &'a UpnDomain => |domain| domain.as_str();
    &'a Username => |username| username.as_str();
    &'a SignInName => |name| name.as_str();
    &'a Reason => |reason| reason.as_str();
    &'a Sealed => |sealed| sealed.as_str();
    &'a AddressHash => |hash| hash.as_str();
    &'a Locale => |locale| locale.to_string();
}

stored_as! { Number:
    u32 => |count| count;
    bool => |is_true| i64::from(is_true);
    OperationId => |id| id.number();
    Timestamp => |time| time.millis();
}

impl<'a, T: Stored<'a>> Stored<'a> for Option<T> {
    fn stored(self) -> Value<'a> {
        self.map_or_else(T::absent, T::stored)
    }

    fn absent() -> Value<'a> {
        T::absent()
    }
}
