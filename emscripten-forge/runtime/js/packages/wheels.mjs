// Loads a wheel by its URL.

/** @param {string} name */
export function isWheel(name) {
  return name.split(/[?#]/, 1)[0].endsWith(".whl");
}

/**
 * Fetch and install a wheel without its dependencies.
 * @param {string} url
 * @param {Record<string, string>} loaded name -> origin; the wheel is added
 * @param {any} archives a PyProxy of pyodide._archives, which is destroyed
 * @param {{messageCallback: (message: string) => void, errorCallback: (message: string) => void}} callbacks
 * @returns {Promise<import("./packages.mjs").PackageData | undefined>} undefined if that failed, or it was there
 */
export async function loadWheel(url, loaded, archives, { messageCallback, errorCallback }) {
  const fileName = decodeURIComponent(/** @type {string} */ (url.split(/[?#]/, 1)[0].split("/").pop()));
  const [distribution, version] = fileName.split("-");
  const name = distribution.toLowerCase().replaceAll("_", "-");
  try {
    if (name in loaded) {
      if (loaded[name] !== url) errorCallback(`URI mismatch, attempting to load package ${name} from ${url} while it is already loaded from ${loaded[name]}.`);
      return undefined;
    }
    messageCallback(`Loading ${name}`);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answers ${response.status} ${response.statusText}`);
    archives.install_wheel(await response.arrayBuffer(), fileName);
    loaded[name] = url;
    messageCallback(`Loaded ${name}`);
    return { name, version, fileName, packageType: "package" };
  } catch (error) {
    errorCallback(`The following error occurred while loading ${name}: ${/** @type {Error} */ (error).message}`);
    return undefined;
  } finally {
    archives.destroy();
  }
}
