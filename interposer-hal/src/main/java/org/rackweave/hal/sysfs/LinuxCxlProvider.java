package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.util.Map;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;
import org.rackweave.hal.nativelinux.DaxFile;
import org.rackweave.hal.nativelinux.KernelErrors;

/** Opens this machine's own CXL memory; chosen in the configuration by {@code linux-cxl}. */
public final class LinuxCxlProvider implements InterposerProvider {
    static final String NAME = "linux-cxl";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Interposer open(String nodeName, Map<String, String> settings) throws HalException {
        LinuxCxlSettings parsed = LinuxCxlSettings.parse(settings);
        SysfsFolder machine = new SysfsFolder(Path.of("/"), KernelErrors.ofThisProcess());
        try {
            return LinuxCxlInterposer.open(parsed, machine, DaxFile::wipe);
        } catch (HalException | RuntimeException failed) {
            machine.close();
            throw failed;
        }
    }
}
