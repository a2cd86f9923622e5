/**
 * Between the cores and the HAL: which interposer, its one worker thread, and the translation of words.
 *
 * <p><b>Invariant:</b> one thread drives an interposer; no second one is started beside a hung one.
 */
@NullMarked
package org.rackweave.daemon.hardware;

import org.jspecify.annotations.NullMarked;
