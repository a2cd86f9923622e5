package org.rackweave.hal.discovery;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A machine that was captured, with what lscpu, lsmem and lspci said in the same minute.
 *
 * @param name its folder
 */
public record CapturedMachine(String name) {
    static final CapturedMachine TWO_SOCKET = new CapturedMachine("two-socket");
    static final CapturedMachine CXL_SWITCH = new CapturedMachine("cxl-switch");
    static final CapturedMachine SRIOV = new CapturedMachine("sriov");
    static final CapturedMachine ARM_BOARD = new CapturedMachine("arm-board");
    static final CapturedMachine MICRO_VM = new CapturedMachine("micro-vm");

    public static Stream<CapturedMachine> all() {
        return Stream.of(TWO_SOCKET, CXL_SWITCH, SRIOV, ARM_BOARD, MICRO_VM);
    }

    public Manifest manifest() throws IOException, BadManifestException {
        try (BufferedReader text = new BufferedReader(
                new InputStreamReader(open("machine.capture").orElseThrow(), StandardCharsets.UTF_8))) {
            return ManifestReader.read(text);
        }
    }

    public HostTree tree() throws IOException, BadManifestException {
        return new RecordedTree(manifest().entries());
    }

    /** What a tool said on that machine. */
    public String said(String file) throws IOException {
        try (InputStream in = open(file).orElseThrow()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Optional<InputStream> open(String file) {
        return Optional.ofNullable(CapturedMachine.class.getResourceAsStream("/captures/" + name + "/" + file));
    }

    @Override
    public String toString() {
        return name;
    }
}
