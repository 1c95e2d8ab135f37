"""The mounted folder: FUSE calls turned into libnfs calls."""
import ctypes
import os
import time
from ctypes import byref, c_void_p

import fusepy

from nfs_connection import NfsStat, Timeval


class Operations(fusepy.Operations):
    """Says when the kernel has accepted the mount; the rest of the class only tells fusepy which operations exist."""
    use_ns = True

    def __init__(self, when_mounted):
        self.when_mounted = when_mounted

    def init(self, path):
        self.when_mounted()


class NfsMount(fusepy.FUSE):
    """Each FUSE call is one libnfs call; both use 0 or a count for success and a negative errno for failure."""

    def __init__(self, connection, mount_point, when_mounted, **options):
        self.call = connection.call
        self.connection = connection
        super().__init__(Operations(when_mounted), mount_point, raw_fi=True, foreground=True, nothreads=True, **options)

    def getattr(self, path, buf):
        return self.fill(buf.contents, lambda stat: self.call('nfs_lstat64', path, stat))

    def fgetattr(self, path, buf, fip):
        if not fip or path is not None:
            return self.getattr(path, buf)
        return self.fill(buf.contents, lambda stat: self.call('nfs_fstat64', fip.contents.fh, stat))

    @staticmethod
    def fill(target, read):
        stat = NfsStat()
        result = read(byref(stat))
        if result < 0:
            return result
        ctypes.memset(byref(target), 0, ctypes.sizeof(target))
        for name in ('ino', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'size', 'blksize'):
            setattr(target, 'st_' + name, getattr(stat, name))
        target.st_blocks = (stat.used + 511) // 512
        for name in ('atime', 'mtime', 'ctime'):
            stamp = getattr(target, f'st_{name}spec')
            stamp.tv_sec, stamp.tv_nsec = getattr(stat, name), getattr(stat, name + '_nsec')
        return 0

    def open(self, path, fip):
        return self.open_as(path, fip.contents, fip.contents.flags & (os.O_ACCMODE | os.O_SYNC), 0)

    def create(self, path, mode, fip):
        return self.open_as(path, fip.contents, fip.contents.flags & (os.O_ACCMODE | os.O_SYNC | os.O_EXCL) | os.O_CREAT, mode)

    def open_as(self, path, info, flags, mode):
        handle = c_void_p()
        result = self.call('nfs_open2', path, flags, mode & 0o7777, byref(handle))
        if result == 0:
            info.fh = handle.value
        return result

    def read(self, path, buf, size, offset, fip):
        return self.call('nfs_pread', fip.contents.fh, offset, size, buf)

    def write(self, path, buf, size, offset, fip):
        written = 0
        while written < size:
            count = self.call('nfs_pwrite', fip.contents.fh, offset + written, size - written, ctypes.addressof(buf.contents) + written)
            if count <= 0:
                return count if count < 0 and written == 0 else written
            written += count
        return written

    # Close-to-open: what one host wrote is on the server when its close returns, so that the next host reads it.
    def flush(self, path, fip):
        if fip.contents.flags & os.O_ACCMODE == os.O_RDONLY:
            return 0
        return self.call('nfs_fsync', fip.contents.fh)

    def fsync(self, path, datasync, fip):
        return self.call('nfs_fsync', fip.contents.fh)

    # Never repeated: it frees the handle whatever happens, and flush has written everything before.
    def release(self, path, fip):
        return self.connection.lib.nfs_close(self.connection.nfs, fip.contents.fh)

    def ftruncate(self, path, length, fip):
        return self.call('nfs_ftruncate', fip.contents.fh, length)

    def truncate(self, path, length):
        return self.call('nfs_truncate', path, length)

    def statfs(self, path, buf):
        return self.call('nfs_statvfs', path, buf)

    def readdir(self, path, buf, filler, offset, fip):
        folder = c_void_p()
        result = self.call('nfs_opendir', path, byref(folder))
        if result < 0:
            return result
        while entry := self.connection.lib.nfs_readdir(self.connection.nfs, folder):
            if filler(buf, entry.contents.name, None, 0) != 0:
                break
        self.connection.lib.nfs_closedir(self.connection.nfs, folder)
        return 0

    def mkdir(self, path, mode):
        return self.call('nfs_mkdir2', path, mode & 0o7777)

    def rmdir(self, path):
        return self.call('nfs_rmdir', path)

    def unlink(self, path):
        return self.call('nfs_unlink', path)

    def rename(self, old, new):
        return self.call('nfs_rename', old, new)

    def link(self, source, target):
        return self.call('nfs_link', source, target)

    def symlink(self, source, target):
        return self.call('nfs_symlink', source, target)

    def readlink(self, path, buf, bufsize):
        return self.call('nfs_readlink', path, buf, bufsize)

    def mknod(self, path, mode, dev):
        return self.call('nfs_mknod', path, mode, dev)

    def chmod(self, path, mode):
        return self.call('nfs_chmod', path, mode & 0o7777)

    def chown(self, path, uid, gid):
        # FUSE says -1 for "leave as it is"; libnfs always sets both.
        stat = NfsStat()
        result = self.call('nfs_lstat64', path, byref(stat))
        if result < 0:
            return result
        keep = 0xFFFFFFFF
        return self.call('nfs_lchown', path, stat.uid if uid == keep else uid, stat.gid if gid == keep else gid)

    def utimens(self, path, buf):
        if buf:
            times = [(stamp.tv_sec, stamp.tv_nsec // 1000) for stamp in (buf.contents.actime, buf.contents.modtime)]
        else:
            now = time.time_ns()
            times = [(now // 10**9, now % 10**9 // 1000)] * 2
        return self.call('nfs_lutimes', path, (Timeval * 2)(*(Timeval(*pair) for pair in times)))

    def access(self, path, amode):
        return 0
