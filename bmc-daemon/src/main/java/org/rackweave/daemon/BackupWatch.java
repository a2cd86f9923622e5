package org.rackweave.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.daemon.ledger.BackupDesk;
import org.rackweave.daemon.ledger.Ledger;
import org.tinylog.Logger;

/** Looks whether somebody wants a backup of the ledger, and lets the thread that uses the ledger make it. */
final class BackupWatch implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final BackupDesk desk;
    private final Ledger ledger;
    private final Consumer<Work> conductor;
    private final InstantSource wall;

    private BackupWatch(Path stateDirectory, Ledger ledger, Consumer<Work> conductor, InstantSource wall) {
        this.desk = new BackupDesk(stateDirectory);
        this.ledger = ledger;
        this.conductor = conductor;
        this.wall = wall;
    }

    static BackupWatch start(Path stateDirectory, Ledger ledger, Consumer<Work> conductor, InstantSource wall)
            throws IOException {
        BackupWatch watch = new BackupWatch(stateDirectory, ledger, conductor, wall);
        watch.desk.removeOld();
        Thread thread = new Thread(watch::loop, "backup-watch");
        thread.setDaemon(true);
        thread.start();
        return watch;
    }

    private void loop() {
        try {
            while (!closed.await(BackupDesk.LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (desk.isAsked()) {
                    CountDownLatch served = new CountDownLatch(1);
                    conductor.accept(new Work.Between(() -> serve(served)));
                    served.await();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(CountDownLatch served) {
        try {
            desk.serve(ledger, wall.millis());
            Logger.info("the ledger was backed up, as somebody asked for");
        } catch (IOException e) {
            Logger.warn("a backup of the ledger was asked for and cannot be given: {}", e.getMessage());
        } finally {
            served.countDown();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
