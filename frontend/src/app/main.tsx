import "./styles.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { openLibrary, tellLost } from "../api/library";
import { newQueryClient } from "../api/queries";
import { person, resume } from "../api/session";
import { toast, Toaster } from "../ui/Toaster";
import { Gate } from "./Gate";
import { newRouter } from "./router";
import { newUploads } from "./uploads";
import { UploadsContext } from "./uploadsContext";

// Before all else that watches who is signed in: what that does then is about the library which is open.
person.watch(() => openLibrary(person.get()));
const client = newQueryClient();
const uploads = newUploads(client);
const router = newRouter();

// What was loaded for one person is not shown to the next.
person.watch(() => client.clear());
void resume();

const lost = tellLost();
if (lost !== null) toast(`You are not in “${lost}” any more. These are your own photos.`);

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <UploadsContext value={uploads}>
          <Gate><RouterProvider router={router} /></Gate>
          <Toaster />
        </UploadsContext>
      </QueryClientProvider>
    </StrictMode>,
  );
}
