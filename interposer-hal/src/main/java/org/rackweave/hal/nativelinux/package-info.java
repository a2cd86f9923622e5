/**
 * What the Linux kernel tells only through calls: which CPUs this process may use, page sizes, the clock that counts
 * while a machine sleeps.
 *
 * <p><b>Invariant:</b> this is the only package of the module that names JNA; every call goes through {@link
 * org.rackweave.hal.nativelinux.LibC}, which is loaded on first use, and every failure, also that the library cannot be
 * loaded at all, is a {@link org.rackweave.hal.HalException}.
 */
@NullMarked
package org.rackweave.hal.nativelinux;

import org.jspecify.annotations.NullMarked;
