import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { allOrganizationsQuery, type OrganizationSummary } from "../../api/organizations";
import { explain } from "../../api/problem";
import { storageQuery } from "../../api/storage";
import { Button, Spinner } from "../../ui/Button";
import { toast } from "../../ui/Toaster";
import { keptBy } from "./AccountRow";
import { NewOrganizationForm } from "./NewOrganizationForm";
import { OrganizationRow } from "./OrganizationRow";
import { QuotaForm } from "./QuotaForm";

/** Every group of people with a library of its own. `manage` shows one with its members. */
export function Organizations({ manage }: { manage: (organization: OrganizationSummary) => ReactNode }) {
  const { data, error, isFetching, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(allOrganizationsQuery);
  const { data: storage } = useQuery(storageQuery);
  const [allotting, setAllotting] = useState<OrganizationSummary | null>(null);
  const [making, setMaking] = useState(false);
  const organizations = data?.pages.flatMap(({ items }) => items);
  return (
    <section className="border-t border-line py-8">
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pb-3">
        <div className="min-w-0 flex-1 basis-72">
          <h2 className="text-title font-semibold tracking-tight">Organisations</h2>
          <p className="text-soft">People who share a library. Only who is in one sees its photos.</p>
        </div>
        <Button onClick={() => setMaking(true)}>New organisation</Button>
      </header>
      {!organizations && !error && <p role="status" className="py-4 text-soft"><Spinner /><span className="sr-only">Loading the organisations</span></p>}
      {error && (
        <p role="alert" className="flex flex-wrap items-center gap-3 py-3 text-danger">
          {explain(error)}<Button icon="retry" busy={isFetching} onClick={() => void refetch()}>Try again</Button>
        </p>
      )}
      {organizations?.length === 0 && <p className="py-3 text-soft">There are none yet.</p>}
      <ul data-testid="all-organizations" className="divide-y divide-line">
        {organizations?.map((organization) => (
          <OrganizationRow
            key={organization.id} organization={organization} manage={manage} onStorage={() => setAllotting(organization)}
            kept={storage && keptBy(storage.owners.get(organization.id), storage.defaultQuota)}
          />
        ))}
      </ul>
      {hasNextPage && <Button className="my-4" busy={isFetching} onClick={() => void fetchNextPage()}>More</Button>}
      {making && <NewOrganizationForm onClose={() => setMaking(false)} onMade={({ name }) => { setMaking(false); toast(`${name} is made, and you own it`); }} />}
      {allotting && storage && (
        <QuotaForm
          owner={allotting} storage={storage.owners.get(allotting.id)} defaultQuota={storage.defaultQuota} onClose={() => setAllotting(null)}
          onSet={() => { setAllotting(null); toast(`How much ${allotting.name} may keep is changed`); }}
        />
      )}
    </section>
  );
}
