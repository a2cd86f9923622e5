package org.rackweave.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.Distrust;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.RackTrust;
import org.rackweave.crypto.RevocationList;
import org.rackweave.crypto.Role;
import org.rackweave.crypto.Verdict;

/** What holds of a list of revocations when the disk does not take it. */
class RevocationFileTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    @TempDir
    private Path temp;

    private Identity thief;
    private RackTrust trust;
    private RevocationList list;
    private byte[] signed;

    @BeforeEach
    void revokeAThief() throws Exception {
        RackAuthority authority = RackAuthority.create(temp.resolve("ca"), "rack", NOW, new SecureRandom());
        authority.issue("thief", Role.NODE, temp.resolve("thief"), NOW);
        thief = Identity.load(temp.resolve("thief"), NOW);
        trust = authority.trust();
        list = authority.revoke(List.of("thief"), NOW);
        signed = RevocationList.load(temp.resolve("ca").resolve(RevocationList.FILE))
                .orElseThrow();
    }

    private Verdict verdict() {
        return trust.verify(thief.certificateChain(), NOW);
    }

    @Test
    void whatCannotBeWrittenHoldsUntilTheDaemonEnds() {
        RevocationFile shelf = new RevocationFile(temp.resolve("missing").resolve(RevocationList.FILE), trust);
        assertThatThrownBy(() -> shelf.keep(list, signed)).isInstanceOf(IOException.class);
        assertThat(verdict()).isEqualTo(new Verdict.Untrusted(Distrust.REVOKED));
    }

    @Test
    void whatIsKeptIsReadAgainAfterARestart() throws Exception {
        Path file = temp.resolve(RevocationList.FILE);
        new RevocationFile(file, trust).keep(list, signed);
        assertThat(RevocationList.newest(List.of(file), trust)).contains(signed);
        assertThat(verdict()).isEqualTo(new Verdict.Untrusted(Distrust.REVOKED));
    }
}
