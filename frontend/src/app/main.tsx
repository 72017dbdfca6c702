import "./styles.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { newQueryClient } from "../api/queries";
import { person, resume } from "../api/session";
import { Toaster } from "../ui/Toaster";
import { Gate } from "./Gate";
import { newRouter } from "./router";
import { newUploads } from "./uploads";
import { UploadsContext } from "./uploadsContext";

const client = newQueryClient();
const uploads = newUploads(client);
const router = newRouter();

// What was loaded for one person is not shown to the next.
person.watch(() => client.clear());
void resume();

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
