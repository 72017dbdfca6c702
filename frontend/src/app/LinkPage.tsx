import { useEffect } from "react";
import { ConfirmEmail } from "../features/session/ConfirmEmail";
import { ForgotPassword } from "../features/session/ForgotPassword";
import { ResetPassword } from "../features/session/ResetPassword";

const titles = { "forgot-password": "Forgotten password", "reset-password": "A new password", "confirm-email": "Confirm your address" };

/** What is done with links that come by mail, and asking for one. Whether somebody is signed in makes no difference. */
export function LinkPage({ page, token }: { page: keyof typeof titles; token: string }) {
  useEffect(() => {
    document.title = `${titles[page]} · Photure`;
  }, [page]);
  if (page === "forgot-password") return <ForgotPassword />;
  return page === "reset-password" ? <ResetPassword token={token} /> : <ConfirmEmail token={token} />;
}
