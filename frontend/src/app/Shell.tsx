import { Outlet, useNavigate } from "@tanstack/react-router";
import { session } from "../api/session";
import { useRestore } from "../api/photos";
import { ClosingNotice } from "../features/account/ClosingNotice";
import { SessionAlarm } from "../features/account/SessionAlarm";
import { DropZone } from "../features/upload/DropZone";
import { UploadPanel } from "../features/upload/UploadPanel";
import { useOnline } from "../lib/media";
import { useStore } from "../lib/store";
import { Icon } from "../ui/Icon";
import { TabBar, TopBar } from "./Bars";
import { chooseFiles } from "./UploadButton";
import { useUploads } from "./uploadsContext";

/** What surrounds every page of someone who is signed in. */
export function Shell() {
  // The router leads everyone else to the door; until it has, nothing is shown.
  return useStore(session) === "signed-in" ? <SignedIn /> : null;
}

function SignedIn() {
  const { add, uploader, unfinished } = useUploads();
  const online = useOnline();
  const navigate = useNavigate();
  const restore = useRestore();
  return (
    <>
      <TopBar onFiles={add} />
      <SessionAlarm />
      <ClosingNotice />
      {!online && (
        <p role="status" className="flex items-center justify-center gap-2 bg-well px-4 py-2 text-small">
          <Icon name="offline" size={16} />You are offline. What is loaded stays; uploads go on when the connection is back.
        </p>
      )}
      <main id="photos" tabIndex={-1} className="pb-24 outline-none md:pb-8"><Outlet /></main>
      <TabBar />
      <UploadPanel
        add={add} uploader={uploader} unfinished={unfinished} onChoose={chooseFiles}
        onOpen={(photo) => void navigate({ to: "/photos/$photo", params: { photo } })}
        onRestore={(photo) => restore.mutateAsync([photo])}
      />
      <DropZone onFiles={add} />
    </>
  );
}
