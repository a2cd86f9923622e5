package org.rackweave.hal.nvme;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {
    /** The last is a drive of 3.84 TB. */
    @ParameterizedTest
    @ValueSource(longs = {4096, 65536, 69632, 1 << 20, 64L << 20, (64L << 20) + 4096, 1L << 30, 3_840_755_982_336L})
    void piecesBeginAtTheFirstByteEndAtTheLastAndDoNotOverlap(long bytes) {
        Sample sample = new Sample(1, bytes);
        List<Sample.Piece> pieces = sample.pieces();
        long end = 0;
        long covered = 0;
        for (Sample.Piece piece : pieces) {
            assertThat(piece.at()).isGreaterThanOrEqualTo(end).isEqualTo(piece.at() / 4096 * 4096);
            assertThat(piece.length()).isBetween(4096, Sample.PIECE_BYTES);
            end = piece.at() + piece.length();
            covered += piece.length();
        }
        assertThat(pieces.get(0).at()).isZero();
        assertThat(end).isEqualTo(bytes);
        assertThat(covered).isEqualTo(Math.min(bytes, Sample.MOST_BYTES));
        assertThat(sample.isAll()).isEqualTo(covered == bytes);
    }

    @Test
    void noTwoPlacesHaveTheSameMark() {
        Set<String> seen = new HashSet<>();
        for (int namespace = 1; namespace <= 3; namespace++) {
            Sample sample = new Sample(namespace, 1 << 20);
            for (Sample.Piece piece : sample.pieces()) {
                byte[] mark = sample.mark(piece);
                for (int at = 0; at < mark.length; at += 512) {
                    assertThat(seen.add(new String(mark, at, 512, StandardCharsets.ISO_8859_1)))
                            .isTrue();
                }
            }
        }
    }

    @Test
    void oneBlockThatStayedIsSeen() {
        Sample sample = new Sample(1, 1 << 20);
        Sample.Piece piece = sample.pieces().get(3);
        byte[] read = new byte[piece.length()];
        assertThat(sample.holdsMark(piece, read)).isFalse();
        System.arraycopy(sample.mark(piece), 5 * 512, read, 5 * 512, 512);
        assertThat(sample.holdsMark(piece, read)).isTrue();
    }
}
