// What a file is, told from its first bytes, so that a wrong upload gets a helpful answer.

export type ImageKind =
  | 'qcow2'
  | 'qcow'
  | 'vmdk'
  | 'vhd'
  | 'vhdx'
  | 'vdi'
  | 'qed'
  | 'luks'
  | 'iso'
  | 'ova'
  | 'gzip'
  | 'bzip2'
  | 'xz'
  | 'zstd'
  | 'zip'
  | 'html'
  | 'text'
  | 'raw'
  | 'empty'
  | 'unknown';

const marks: readonly { readonly kind: ImageKind; readonly at: number; readonly bytes: readonly number[] }[] = [
  { kind: 'vmdk', at: 0, bytes: ascii('KDMV') },
  { kind: 'vmdk', at: 0, bytes: ascii('COWD') },
  { kind: 'vmdk', at: 0, bytes: ascii('# Disk DescriptorFile') },
  { kind: 'vhd', at: 0, bytes: ascii('conectix') },
  { kind: 'vhdx', at: 0, bytes: ascii('vhdxfile') },
  { kind: 'vdi', at: 64, bytes: [0x7f, 0x10, 0xda, 0xbe] },
  { kind: 'qed', at: 0, bytes: ascii('QED\0') },
  { kind: 'luks', at: 0, bytes: [...ascii('LUKS'), 0xba, 0xbe] },
  { kind: 'gzip', at: 0, bytes: [0x1f, 0x8b] },
  { kind: 'bzip2', at: 0, bytes: ascii('BZh') },
  { kind: 'xz', at: 0, bytes: [0xfd, ...ascii('7zXZ\0')] },
  { kind: 'zstd', at: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { kind: 'zip', at: 0, bytes: ascii('PK\x03\x04') },
  { kind: 'iso', at: 32_769, bytes: ascii('CD001') },
  { kind: 'ova', at: 257, bytes: ascii('ustar') },
];

export function imageKindOf(bytes: Uint8Array): ImageKind {
  if (bytes.length === 0) return 'empty';
  if (isAt(bytes, 0, [...ascii('QFI'), 0xfb])) return bytes[7] === 1 && isAt(bytes, 4, [0, 0, 0]) ? 'qcow' : 'qcow2';
  const found = marks.find((mark) => isAt(bytes, mark.at, mark.bytes));
  if (found) return found.kind;
  const start = bytes.subarray(0, 512);
  if (start.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)) {
    return /^\s*(<!--[^]*?-->\s*)?<(!doctype html|html|head|body|\?xml)/i.test(String.fromCharCode(...start)) ? 'html' : 'text';
  }
  return isAt(bytes, 510, [0x55, 0xaa]) ? 'raw' : 'unknown';
}

const descriptions: Readonly<Record<ImageKind, string>> = {
  qcow2: 'a qcow2 image',
  qcow: 'an image of the first qcow version: convert it with qemu-img convert -f qcow -O qcow2',
  vmdk: 'a VMDK image: convert it with qemu-img convert -f vmdk -O qcow2',
  vhd: 'a VHD image: convert it with qemu-img convert -f vpc -O qcow2',
  vhdx: 'a VHDX image: convert it with qemu-img convert -f vhdx -O qcow2',
  vdi: 'a VirtualBox image: convert it with qemu-img convert -f vdi -O qcow2',
  qed: 'a QED image: convert it with qemu-img convert -f qed -O qcow2',
  luks: 'an encrypted (LUKS) image: convert it to qcow2 without encryption',
  iso: 'an ISO image: register it as ISO, not as template',
  ova: 'a tar or OVA archive: unpack it and convert the disk in it with qemu-img convert -O qcow2',
  gzip: 'compressed with gzip: unpack it with gunzip',
  bzip2: 'compressed with bzip2: unpack it with bunzip2',
  xz: 'compressed with xz: unpack it with unxz',
  zstd: 'compressed with zstd: unpack it with unzstd',
  zip: 'a zip archive: unpack it with unzip',
  html: 'a web page, not an image: the address probably leads to a login or download page, use the direct link of the file',
  text: 'a text, not an image: check what the address leads to',
  raw: 'a raw disk image: convert it with qemu-img convert -f raw -O qcow2',
  empty: 'empty',
  unknown: 'of an unknown kind, perhaps a raw disk: a raw disk is converted with qemu-img convert -f raw -O qcow2',
};

/** Ends the sentence "the file is …", with what to do. */
export function describeImageKind(kind: ImageKind): string {
  return descriptions[kind];
}

function ascii(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}

function isAt(bytes: Uint8Array, at: number, wanted: readonly number[]): boolean {
  return wanted.every((byte, index) => bytes[at + index] === byte);
}
