export { CopyButton } from "./CopyButton";
export { ConfirmDialog } from "./Dialog";
export { ErrorNote, Notice } from "./Notice";
