import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "./paths.ts";

const run = promisify(execFile);

/** Room for a profile, in bytes; the image is sparse. */
const SIZE = 1 << 30;

/** A disk for one browser profile: a loop-mounted ext4 image where that is permitted. */
export class Disk {
  private constructor(
    /** Where the browser finds it. */
    readonly folder: string,
    /** The raw image; undefined: only the folder can be examined. */
    readonly image: string | undefined,
    private readonly release: () => Promise<void>,
  ) {}

  static async insert(): Promise<Disk> {
    const place = await temporaryFolder("disk");
    const folder = join(place.path, "mounted");
    await mkdir(folder);
    const image = join(place.path, "image");
    try {
      await run("truncate", ["-s", String(SIZE), image]);
      await run("mkfs.ext4", ["-q", "-F", image]);
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
