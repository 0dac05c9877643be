// Whether there is room on the disk. A browser may empty all that an origin
// has stored when a write of its database, or of its kept files, meets a full
// disk; a write of a file in the origin's private file system that finds no
// room does no harm. So one is tried before the database is opened or written
// to. What browsers tell of free space (navigator.storage.estimate) is no
// measure: they make it up.

/** The file that is tried; empty but for the moment of a try. */
export const roomFile = "petmail-room";

/** What has to be free, in bytes: a database moves some MiB when it tidies up. */
export const enough = 4 * 2 ** 20;

/** How long an answer of yes holds, in ms; no is asked again each time. */
const holds = 1_000;

/** A file that is open for this Worker alone. Not in the DOM's types. */
interface AccessHandle {
  write(buffer: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
}

const piece = new Uint8Array(2 ** 20);

/**
 * Opens the file and returns the question: whether so many bytes are free.
 * Where there is no such file system, the answer is yes: the database's own
 * refusal tells then.
 */
export async function openRoom(
  now: () => number = () => performance.now(),
): Promise<(bytes?: number) => boolean> {
  let handle: AccessHandle;
  try {
    handle = await open();
  } catch {
    return () => true;
  }
  let known = { bytes: 0, until: 0 };
  return (bytes = enough) => {
    const at = now();
    if (at < known.until && bytes <= known.bytes) return true;
    const free = tryRoom(handle, bytes);
    known = free ? { bytes, until: at + holds } : { bytes: 0, until: 0 };
    return free;
  };
}

/** How often, and how many ms apart, a file is asked for that an ending Worker still holds. */
const attempts = 20;
const pause = 100;

async function open(): Promise<AccessHandle> {
  const folder = await navigator.storage.getDirectory();
  const file = (await folder.getFileHandle(roomFile, { create: true })) as unknown as {
    createSyncAccessHandle(): Promise<AccessHandle>;
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      if (attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

function tryRoom(handle: AccessHandle, bytes: number): boolean {
  let free = true;
  try {
    for (let at = 0; at < bytes && free; at += piece.length) {
      free = handle.write(piece, { at }) === piece.length;
    }
  } catch {
    free = false;
  }
  try {
    handle.truncate(0);
  } catch {
    // Then there is less room next time, and the answer the safer.
  }
  return free;
}
