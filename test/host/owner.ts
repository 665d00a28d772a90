import type { Owner } from './N8nApi';

/** For an n8n on loopback that lives as long as the program that started it, so nothing worth keeping is behind it. */
export const owner: Owner = { email: 'owner@example.com', password: 'Sandbox123' };
