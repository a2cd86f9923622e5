package org.rackweave.hal.sysfs;

/** Folders that mean something to the kernel: one that is made is a group of something, and comes with its attributes. */
interface KernelFolders {
    /** Makes one; nothing happens when it is there. */
    void make(String path) throws KernelRefusal;

    /** Removes one with the attributes that it came with; nothing happens when it is not there. */
    void remove(String path) throws KernelRefusal;
}
