import { useEffect } from "react";
import { ApiKeys } from "../features/account/ApiKeys";
import { AtClerk } from "../features/account/AtClerk";
import { DeleteAccount } from "../features/account/DeleteAccount";
import { Email } from "../features/account/Email";
import { Organizations } from "../features/account/Organizations";
import { Passkeys } from "../features/account/Passkeys";
import { Password } from "../features/account/Password";
import { PendingLink } from "../features/account/PendingLink";
import { Providers } from "../features/account/Providers";
import { Sessions } from "../features/account/Sessions";
import { Storage } from "../features/account/Storage";
import { TwoStep } from "../features/account/TwoStep";
import { Username } from "../features/account/Username";
import { Manage } from "../features/organizations/Manage";

export function AccountPage() {
  useEffect(() => {
    document.title = "Account · Photure";
  }, []);
  return (
    <div className="mx-auto max-w-3xl px-4 md:px-6">
      <h1 className="pt-6 text-month font-semibold tracking-[-0.03em] md:pt-8">Account</h1>
      <PendingLink />
      <AtClerk />
      <Storage />
      <Organizations manage={(organization) => <Manage organization={organization} mine={organization.role} />} />
      <Sessions />
      <Username />
      <Email />
      <Password />
      <TwoStep />
      <Passkeys />
      <Providers />
      <ApiKeys />
      <DeleteAccount />
    </div>
  );
}
