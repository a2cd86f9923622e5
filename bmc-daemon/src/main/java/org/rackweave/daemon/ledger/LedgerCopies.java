package org.rackweave.daemon.ledger;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.rackweave.crypto.RackTrust;

/** What is done with ledgers that no daemon uses. */
public final class LedgerCopies {
    private LedgerCopies() {}

    /** Checks a daemon's own ledger while it does not run, and leaves it as it is, of whatever version. */
    public static LedgerCheck checkOwn(StateDirectory state, RackTrust trust, Optional<String> knownHead)
            throws LedgerException {
        TrailVerifier verifier = new TrailVerifier(Optional.of(trust), knownHead.map(TrailVerifier.KnownHead::parse));
        Path file = state.file(Ledger.FILE);
        if (!Files.exists(file)) {
            throw new LedgerException(
                    file, "is not there", "nothing was lent or borrowed yet, or node.stateDir is another");
        }
        try (Connection connection = Ledger.connect(file)) {
            return LedgerCheck.of(file, connection, verifier);
        } catch (SQLException e) {
            throw Ledger.damaged(file, e);
        }
    }

    /** Checks a backup; an export of a trail is refused, as it has no slices and loans. */
    public static LedgerCheck checkBackup(Path file, RackTrust trust, Optional<String> knownHead)
            throws LedgerException {
        if (!Ledger.isDatabase(file)) {
            throw new LedgerException(file, "is no backup", "name what 'rackweaved ledger backup' wrote");
        }
        return LedgerCheck.of(file, Optional.of(trust), knownHead);
    }

    /** Writes the audit trail of a backup as lines of JSON. */
    public static void export(Path backup, OutputStream out) throws LedgerException, IOException {
        try (Connection connection = LedgerCheck.reading(backup)) {
            Schema.refuseNewer(backup, connection);
            long unused = LedgerExport.write(connection, out);
        } catch (SQLException | IllegalArgumentException e) {
            throw Ledger.damaged(backup, e);
        }
    }

    /** Moves a copy, to another file system if need be; under the other name there is never a part of it. */
    public static void move(Path copy, Path target) throws IOException {
        Durable.copy(copy, target);
        Durable.removeQuietly(copy);
    }
}
