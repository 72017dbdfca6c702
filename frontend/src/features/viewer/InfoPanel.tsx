import type { ReactNode } from "react";
import type { Photo } from "../../api/photos";
import { IconButton } from "../../ui/Button";
import { Icon, type IconName } from "../../ui/Icon";
import { AllMetadata } from "./AllMetadata";
import { Describe } from "./Describe";
import { cameraName, exposureLine, formatAltitude, formatPosition, mapLink, sizeLine, takenLines } from "./exif";

/** What is known of the photo: beside it on a desk, as a sheet below it on a phone. */
export function InfoPanel({ photo, onClose }: { photo: Photo | undefined; onClose: () => void }) {
  return (
    <aside
      aria-label="Details" data-testid="exif-panel"
      className="flex flex-col overflow-y-auto overscroll-contain bg-sheet max-md:max-h-[60dvh] max-md:shrink-0 max-md:rounded-t-panel md:w-90 md:shrink-0 md:border-l md:border-line"
    >
      <header className="sticky top-0 z-10 flex items-center justify-between bg-sheet py-2 pr-2 pl-5">
        <h2 className="text-lead font-semibold">Details</h2>
        <IconButton icon="close" label="Close the details" onClick={onClose} />
      </header>
      {photo ? <Facts photo={photo} /> : <p role="status" className="p-5 text-soft">Loading…</p>}
    </aside>
  );
}

function Facts({ photo }: { photo: Photo }) {
  const [day, time] = takenLines(photo);
  const camera = cameraName(photo.camera);
  const exposure = exposureLine(photo.camera);
  const { position } = photo;
  return (
    <div className="space-y-6 px-5 pt-1 pb-10">
      <Describe key={photo.id} photo={photo} />
      <Fact icon="calendar" title={day}>{time}</Fact>
      {(camera ?? exposure) && (
        <Fact icon="camera" title={camera ?? "Unknown camera"}>
          {photo.camera.lens && <span className="block">{photo.camera.lens}</span>}
          {exposure && <span className="block tabular-nums">{exposure}</span>}
        </Fact>
      )}
      <Fact icon="file" title={photo.filename}><span className="tabular-nums">{sizeLine(photo)}</span></Fact>
      {position && (
        <Fact icon="pin" title={photo.place ?? formatPosition(position)}>
          {typeof position.altitude === "number" && <span className="block">{formatAltitude(position.altitude)}</span>}
          <a href={mapLink(position)} target="_blank" rel="noreferrer" className="underline underline-offset-3 hover:text-ink">Show on OpenStreetMap</a>
        </Fact>
      )}
      <AllMetadata key={`all-${photo.id}`} id={photo.id} />
    </div>
  );
}

function Fact({ icon, title, children }: { icon: IconName; title: string; children: ReactNode }) {
  return (
    <div className="flex gap-4">
      <span className="pt-0.5 text-faint"><Icon name={icon} /></span>
      <div className="min-w-0">
        <p className="font-medium wrap-anywhere">{title}</p>
        <div className="text-small text-soft">{children}</div>
      </div>
    </div>
  );
}
