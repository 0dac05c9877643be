import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "./paths.ts";

const run = promisify(execFile);

/** Room for a profile, in bytes; the image is sparse. */
const SIZE = 1 << 30;

/** What a disk is filled with, in bytes: less and less at a time, to the last block. */
const PIECES = [4 << 20, 256 << 10, 4 << 10];

/** Pieces at most, so that no disk without an end is filled for ever. */
const MAX_PIECES = 10_000;

/** A disk for one browser profile: a loop-mounted ext4 image where that is permitted. */
export class Disk {
  private constructor(
    /** Where the browser finds it. */
    readonly folder: string,
    /** The raw image; undefined: only the folder can be examined. */
    readonly image: string | undefined,
    private readonly release: () => Promise<void>,
  ) {}

  /** A disk of so many bytes. */
  static async insert(size = SIZE): Promise<Disk> {
    const place = await temporaryFolder("disk");
    const folder = join(place.path, "mounted");
    await mkdir(folder);
    const image = join(place.path, "image");
    try {
      await run("truncate", ["-s", String(size), image]);
      await run("mkfs.ext4", ["-q", "-F", "-m", "0", image]);
      await run("mount", ["-o", "loop", image, folder]);
    } catch (error) {
      console.log(`No image of a disk, the profile's folder alone is examined: ${error}`);
      return new Disk(folder, undefined, place.remove);
    }
    return new Disk(folder, image, async () => {
      await run("umount", [folder]);
      await place.remove();
    });
  }

  /** Leaves no room on it. Only for one with an image: a folder's disk is everybody's. */
  async fill(): Promise<void> {
    if (!this.image) throw new Error("only a disk of one's own may be filled");
    await mkdir(this.filling, { recursive: true });
    let pieces = 0;
    for (const size of PIECES) {
      while (pieces++ < MAX_PIECES && (await this.add(String(pieces), size)));
    }
  }

  private async add(name: string, size: number): Promise<boolean> {
    try {
      await writeFile(join(this.filling, name), Buffer.alloc(size, 1));
      return true;
    } catch {
      return false; // a part of it may stand, and takes its room
    }
  }

  /** Makes room again. */
  async makeRoom(): Promise<void> {
    await rm(this.filling, { recursive: true, force: true });
  }

  private get filling(): string {
    return join(this.folder, "filling");
  }

  /** Has everything that was written stand in the image. */
  async sync(): Promise<void> {
    await run("sync", ["-f", this.folder]);
  }

  /** A copy of everything as it is now, in a folder. */
  async copy(to: string): Promise<{ folder: string; image: string | undefined }> {
    await this.sync();
    const folder = join(to, "folder");
    await run("cp", ["-a", this.folder, folder]);
    if (!this.image) return { folder, image: undefined };
    const image = join(to, "image");
    await run("cp", ["--sparse=always", this.image, image]);
    return { folder, image };
  }

  async remove(): Promise<void> {
    await this.release();
  }
}
