package org.rackweave.cli;

import java.util.Optional;
import org.rackweave.crypto.WipeStatement;
import org.rackweave.protocol.message.WipeCertificate;
import org.rackweave.protocol.message.WipeProof;

/** A wipe, for people. What the device did not tell is said so, since nobody compared it. */
final class WipeText {
    private static final String UNTOLD = "not told by the device";

    private WipeText() {}

    static String of(WipeRecord record, Table.Style style) {
        WipeCertificate wipe = record.wipe();
        Details details = new Details(style)
                .add("lease", record.lease())
                .add("slice", record.slice().key())
                .add("owner", record.slice().owner().toString())
                .add("granted", "epoch " + record.epoch().value())
                .add("wiped", "after epoch " + wipe.epoch().value())
                .add("method", wipe.method())
                .add("how far", Phrases.size(wipe.wipedBytes()))
                .add("read back", readBack(wipe));
        Optional<WipeStatement> signed = wipe.proof().flatMap(WipeProof::opened);
        signed.ifPresent(said -> details.add("by", said.by())
                .add("took", Phrases.rough(said.durationMillis()))
                .add("at", Phrases.moment(said.atEpochMillis()))
                .add("lock state", said.lockState().isEmpty() ? UNTOLD : said.lockState())
                .add("firmware", said.firmware().isEmpty() ? UNTOLD : said.firmware()));
        return details.add("proof", record.fault().orElse("signed by the owner"))
                .toString();
    }

    private static String readBack(WipeCertificate wipe) {
        return wipe.verifiedBytes() == wipe.wipedBytes()
                ? "all of it, and all zero"
                : Phrases.size(wipe.verifiedBytes()) + ", and all zero";
    }
}
