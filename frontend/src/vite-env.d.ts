interface ImportMetaEnv {
  /** Set where people may sign in at Clerk, when the page is built. */
  readonly VITE_CLERK_PUBLISHABLE_KEY?: string;
}
