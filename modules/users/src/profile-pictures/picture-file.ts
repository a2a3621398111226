const MEGABYTE = 1024 ** 2;
const LEAST_BYTES = 12;

/** What is wrong with a file that shall be a picture, in mod-users' words; null where nothing is. By its first bytes, whatever it is called. */
export function pictureMistake(file: Uint8Array, mostMegabytes: number | undefined): string | null {
  if (file.length === 0 || (mostMegabytes !== undefined && file.length > mostMegabytes * MEGABYTE))
    return "Requested file size should be within allowed size updated in profile_picture configuration";
  if (file.length < LEAST_BYTES)
    return "failed to save profile picture Insufficient data provided to detect file type";
  const isJpeg = beginsWith(file, [0xff, 0xd8, 0xff]);
  const isPng = beginsWith(file, [0x89, 0x50, 0x4e, 0x47]);
  return isJpeg || isPng ? null : "Requested image should be of supported type-[PNG,JPG,JPEG]";
}

function beginsWith(file: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, at) => file[at] === byte);
}
