package org.rackweave.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.rackweave.protocol.message.CounterView;

/** What this process has worn its storage by. */
final class StorageWritten {
    private static final Path ACCOUNT = Path.of("/proc/self/io");
    private static final String FIELD = "write_bytes: ";

    private StorageWritten() {}

    /** As the kernel accounts it; empty where it does not. */
    static Optional<CounterView> counter() {
        try {
            return Files.readAllLines(ACCOUNT).stream()
                    .filter(line -> line.startsWith(FIELD))
                    .map(line -> new CounterView(
                            "storage_bytes_written",
                            "bytes that this process has written to storage, by the kernel's account: the ledger, its log,"
                                    + " and what else it keeps; beside leases_granted and loans_granted, the wear per loan",
                            Long.parseLong(line.substring(FIELD.length()).strip())))
                    .findFirst();
        } catch (IOException kernelDoesNotAccount) {
            return Optional.empty();
        }
    }
}
