package org.rackweave.hal.nvme;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How time passes while a drive wipes itself. */
public interface NvmePace {
    /** On a clock that only goes on. */
    long nanoTime();

    /**
     * Lets so much time pass.
     *
     * @throws InterruptedException when this thread is told to stop, or was before
     */
    void pause(Duration time) throws InterruptedException;

    /** That of this process. */
    static NvmePace ofThisProcess() {
        return new NvmePace() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void pause(Duration time) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(time.toNanos());
            }
        };
    }
}
