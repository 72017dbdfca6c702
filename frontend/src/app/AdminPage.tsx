import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { meQuery } from "../api/account";
import { Accounts } from "../features/admin/Accounts";
import { Activity } from "../features/admin/Activity";
import { Invitations } from "../features/admin/Invitations";
import { Organizations } from "../features/admin/Organizations";
import { Manage } from "../features/organizations/Manage";

export function AdminPage() {
  const { data: me } = useQuery(meQuery);
  useEffect(() => {
    document.title = "Administration · Photure";
  }, []);
  return (
    <div className="mx-auto max-w-3xl px-4 md:px-6">
      <h1 className="pt-6 text-month font-semibold tracking-[-0.03em] md:pt-8">Accounts</h1>
      {me?.role === "admin" && (
        <>
          <Accounts me={me.id} />
          <Invitations />
          <Organizations manage={(organization) => <Manage organization={organization} mine="owner" />} />
          <Activity />
        </>
      )}
      {me?.role === "member" && <p className="py-4 text-soft">Only administrators see this.</p>}
    </div>
  );
}
