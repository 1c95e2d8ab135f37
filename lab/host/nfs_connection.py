"""Connections to an NFS server: libnfs through ctypes, the errors of mounting in the words of nfs-utils, and reconnecting."""
import ctypes
import errno
import os
import socket
import time
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_uint64, c_void_p

import fusepy

ATTEMPT_S = 10
ANSWER_S = 30
# What libnfs makes of NFS4ERR_WRONGSEC, for which it has no errno.
WRONG_CREDENTIALS = errno.ERANGE
# How libnfs says that the connection is gone or silent, and not that the server refused.
LOST = (-errno.EINTR, -errno.ETIMEDOUT, -errno.EFAULT, -errno.EIO)


class NfsStat(ctypes.Structure):
    _fields_ = [(name, c_uint64) for name in (
        'dev', 'ino', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'size', 'blksize', 'blocks', 'atime', 'mtime', 'ctime',
        'atime_nsec', 'mtime_nsec', 'ctime_nsec', 'used')]


class DirectoryEntry(ctypes.Structure):
    """The head of libnfs's struct nfsdirent; what follows is not needed here."""
    _fields_ = [('next', c_void_p), ('name', c_char_p)]


class Timeval(ctypes.Structure):
    _fields_ = [('seconds', c_long), ('microseconds', c_long)]


class MountError(Exception):
    """The attempt failed for good; the text is what the real mount.nfs prints."""


class RetryLater(MountError):
    """A failure that the real mount.nfs repeats until its `retry` minutes are over."""


def load_libnfs():
    lib = ctypes.CDLL('libnfs.so.13')
    handle, context, path = c_void_p, c_void_p, c_char_p
    lib.nfs_init_context.restype = context
    lib.nfs_readdir.restype = POINTER(DirectoryEntry)
    for name, *arguments in (
        ('nfs_get_fd', context), ('nfs_destroy_context', context), ('nfs_set_version', context, c_int), ('nfs_set_autoreconnect', context, c_int),
        ('nfs_set_timeout', context, c_int), ('nfs_set_dircache', context, c_int), ('nfs_set_uid', context, c_int),
        ('nfs_set_gid', context, c_int), ('nfs_umask', context, ctypes.c_uint16), ('nfs_mount', context, path, path),
        ('nfs_lstat64', context, path, POINTER(NfsStat)), ('nfs_fstat64', context, handle, POINTER(NfsStat)),
        ('nfs_statvfs', context, path, POINTER(fusepy.c_statvfs)),
        ('nfs_open2', context, path, c_int, c_int, POINTER(handle)), ('nfs_close', context, handle),
        ('nfs_pread', context, handle, c_uint64, c_uint64, c_void_p), ('nfs_pwrite', context, handle, c_uint64, c_uint64, c_void_p),
        ('nfs_fsync', context, handle), ('nfs_ftruncate', context, handle, c_uint64), ('nfs_truncate', context, path, c_uint64),
        ('nfs_mkdir2', context, path, c_int), ('nfs_rmdir', context, path), ('nfs_unlink', context, path), ('nfs_rename', context, path, path),
        ('nfs_link', context, path, path), ('nfs_symlink', context, path, path), ('nfs_readlink', context, path, c_void_p, c_int),
        ('nfs_mknod', context, path, c_int, c_int), ('nfs_chmod', context, path, c_int), ('nfs_lchown', context, path, c_int, c_int),
        ('nfs_lutimes', context, path, POINTER(Timeval)), ('nfs_opendir', context, path, POINTER(handle)),
        ('nfs_readdir', context, handle), ('nfs_closedir', context, handle),
    ):
        getattr(lib, name).argtypes = arguments
    lib.nfs_closedir.restype = lib.nfs_destroy_context.restype = None
    return lib


def resolve(server):
    try:
        return socket.getaddrinfo(server, 2049, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    except socket.gaierror as error:
        raise MountError(f'Failed to resolve server {server}: {error.strerror}') from error


def require_port(address, port):
    try:
        socket.create_connection((address, port), timeout=ATTEMPT_S).close()
    except OSError as error:
        text = 'Connection timed out' if isinstance(error, TimeoutError) else os.strerror(error.errno or errno.EIO)
        raise RetryLater(text) from error


def answer_of_version_4(lib, address, path):
    """The error that a mount by version 4 gives. By version 3, nfs-ganesha denies what does not exist, where the kernel's server says
    that it does not; and libnfs has no error for an export that wants other credentials."""
    nfs = lib.nfs_init_context()
    lib.nfs_set_version(nfs, 4)
    lib.nfs_set_autoreconnect(nfs, 0)
    lib.nfs_set_timeout(nfs, ATTEMPT_S * 1000)
    code = -lib.nfs_mount(nfs, address.encode(), path.encode())
    lib.nfs_destroy_context(nfs)
    return code


def connect(lib, server, path, options):
    version = int(float(options['version']))
    address = resolve(server)
    require_port(address, 2049)
    if version == 3:
        require_port(address, 111)
    nfs = lib.nfs_init_context()
    lib.nfs_set_version(nfs, version)
    lib.nfs_set_uid(nfs, 0)
    lib.nfs_set_gid(nfs, 0)
    lib.nfs_umask(nfs, 0)
    lib.nfs_set_dircache(nfs, 0)
    lib.nfs_set_autoreconnect(nfs, 0)
    lib.nfs_set_timeout(nfs, ATTEMPT_S * 1000)
    result = lib.nfs_mount(nfs, address.encode(), path.encode())
    if result < 0:
        source, code = f'{server}:{path}', -result
        if version == 3 and code in (errno.EACCES, errno.EFAULT):
            second = answer_of_version_4(lib, address, path)
            code = second if second in (errno.ENOENT, WRONG_CREDENTIALS) else code
        if code in (errno.EACCES, errno.EPERM, WRONG_CREDENTIALS):
            raise MountError(f'access denied by server while mounting {source}')
        if code in (errno.ENOENT, errno.ENOTDIR):
            raise MountError(f'mounting {source} failed, reason given by server: No such file or directory')
        if code in (errno.ETIMEDOUT, errno.EINTR, errno.EAGAIN):
            raise RetryLater('Connection timed out')
        raise RetryLater(os.strerror(code))
    stat = NfsStat()
    if lib.nfs_lstat64(nfs, b'/', byref(stat)) == 0 and stat.mode & 0o170000 != 0o040000:
        raise MountError(f'mount spec {server}:{path} or point is not a directory')
    return nfs


class Connection:
    """Calls libnfs; after a lost connection it makes a new one and repeats the call. File handles of NFSv3 outlive connections."""

    def __init__(self, lib, nfs, again, options):
        self.lib, self.nfs, self.again, self.soft = lib, nfs, again, options['soft']
        self.answer_ms = options['timeo'] * 100 * options['retrans'] if self.soft else ANSWER_S * 1000
        self.prepare()

    def prepare(self):
        # libnfs would reconnect by itself, but without a pause, which costs a whole processor.
        self.lib.nfs_set_autoreconnect(self.nfs, 0)
        self.lib.nfs_set_timeout(self.nfs, self.answer_ms)

    def call(self, name, *arguments):
        function = getattr(self.lib, name)
        result = function(self.nfs, *arguments)
        repeated = 0
        while result in LOST and self.restore():
            result = function(self.nfs, *arguments)
            repeated += 1
            # A new connection and the same answer three times: the server means it.
            if result in (-errno.EIO, -errno.EFAULT) and repeated >= 3:
                break
        return -errno.EIO if result in LOST else result

    def restore(self):
        """A hard mount waits for its server for ever; a soft one tries once."""
        # The lost connection is not freed: libnfs may still hold answers to be written to memory that is gone.
        stale = self.lib.nfs_get_fd(self.nfs)
        while True:
            try:
                self.nfs = self.again()
                self.prepare()
                if stale >= 0:
                    socket.close(stale)
                return True
            except RetryLater:
                if self.soft:
                    return False
                time.sleep(1)
            except MountError:
                return False
