use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope};

/// The newest that is asked for. An older kernel gives what it has.
const NEWEST: ABI = ABI::V6;

/// No file and no folder, no port, no signal to others, from here on. `Err` says why not, as half a sentence.
pub(super) fn nothing() -> Result<(), String> {
    match restrict() {
        Ok(RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced) => Ok(()),
        Ok(RulesetStatus::NotEnforced) => Err("Landlock: the kernel does not have it".to_owned()),
        Err(error) => Err(format!("Landlock: {error}")),
    }
}

/// Whatever is handled and has no rule is denied, and there is no rule.
fn restrict() -> Result<RulesetStatus, RulesetError> {
    let restricted = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .restrict_self()?;
    Ok(restricted.ruleset)
}
